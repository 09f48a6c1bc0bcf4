(* Entropy from the number of paths, for a map coded by the paths of a graph (Paths.v).

   With positive weights v of the blocks and z > 1 let the sum of v_target z^(-steps) over the symbols from
   block a be at least v_a, for each a.  Then among the paths from one block that are cut where their time
   first reaches n, the sum of v_end z^(-time) is at least v_a; so they are at least c z^n.  No one begins
   another, so their points are apart before they end, which is not long after n. *)
From Coq Require Import Reals Lra Lia ZArith List.
From Certify Require Import Dynamics Entropy Spaces Vectors FullShift Paths.
Import ListNotations.
Local Open Scope R_scope.

Definition sum {A} (g : A -> R) (L : list A) : R := fold_right (fun i r => g i + r) 0 L.

Lemma sum_app {A} (g : A -> R) L M : sum g (L ++ M) = sum g L + sum g M.
Proof. induction L as [|i L IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma sum_flat_map {A B} (g : B -> R) (h : A -> list B) L :
  sum g (flat_map h L) = sum (fun i => sum g (h i)) L.
Proof. induction L as [|i L IH]; simpl; [reflexivity|]. rewrite sum_app, IH. reflexivity. Qed.

Lemma sum_map {A B} (g : B -> R) (h : A -> B) L : sum g (map h L) = sum (fun i => g (h i)) L.
Proof. induction L as [|i L IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

Lemma sum_scale {A} (g : A -> R) c L : sum (fun i => g i * c) L = sum g L * c.
Proof. induction L as [|i L IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Lemma sum_le {A} (g h : A -> R) L : (forall i, In i L -> g i <= h i) -> sum g L <= sum h L.
Proof.
  induction L as [|i L IH]; intro H; simpl; [lra|]. pose proof (H i (or_introl eq_refl)).
  assert (sum g L <= sum h L) by (apply IH; intros; apply H; simpl; auto). lra.
Qed.

Lemma sum_const {A} c (L : list A) : sum (fun _ => c) L = INR (length L) * c.
Proof. induction L as [|i L IH]; [simpl; ring|]. simpl sum. simpl length. rewrite IH, S_INR. ring. Qed.

Lemma pairs_of_map {A B} (P : A -> A -> Prop) (Q : B -> B -> Prop) (g : A -> B) L :
  (forall x y, In x L -> In y L -> P x y -> Q (g x) (g y)) -> ForallOrdPairs P L ->
    ForallOrdPairs Q (map g L).
Proof.
  intros H HP. induction HP as [|x L Hx HL IH]; simpl; constructor.
  - rewrite Forall_forall in Hx |- *. intros y Hy. apply in_map_iff in Hy as (z & <- & Hz). apply H; simpl;
      auto.
  - apply IH. intros; apply H; simpl; auto.
Qed.

Lemma pairs_concat {A} (P : A -> A -> Prop) L M : ForallOrdPairs P L -> ForallOrdPairs P M ->
  (forall x y, In x L -> In y M -> P x y) -> ForallOrdPairs P (L ++ M).
Proof.
  intros HL HM H. induction HL as [|x L Hx HL IH]; simpl; [exact HM|]. constructor.
  - apply Forall_app. split; [exact Hx|]. apply Forall_forall. intros y Hy. apply H; simpl; auto.
  - apply IH. intros; apply H; simpl; auto.
Qed.

Section PathEntropy.
Variables (symbols blocks : nat) (source target steps : nat -> nat) (weight : nat -> R) (z : R).
Hypothesis target_block : forall i, (i < symbols)%nat -> (target i < blocks)%nat.
Hypothesis steps_pos : forall i, (i < symbols)%nat -> (0 < steps i)%nat.
Hypothesis weight_pos : forall a, (a < blocks)%nat -> 0 < weight a.
Hypothesis z_big : 1 < z.

Definition outgoing (a : nat) : list nat := filter (fun i => source i =? a)%nat (seq 0 symbols).

Hypothesis growth : forall a, (a < blocks)%nat ->
  weight a <= sum (fun i => weight (target i) * (/ z) ^ steps i) (outgoing a).

Local Lemma outgoing_in i a : In i (outgoing a) <-> (i < symbols)%nat /\ source i = a.
Proof. unfold outgoing. rewrite filter_In, in_seq, Nat.eqb_eq. lia. Qed.

(* ---- Paths cut at time n ---- *)

Fixpoint tree (fuel n a : nat) : list (list nat) :=
  match fuel, n with
  | S fuel', S _ => flat_map (fun i => map (cons i) (tree fuel' (n - steps i) (target i))) (outgoing a)
  | _, _ => [[]]
  end.

Local Notation time := (total steps).
Definition end_of (a : nat) (L : list nat) : nat := fold_left (fun _ i => target i) L a.

Local Lemma tree_weight fuel : forall n a, (a < blocks)%nat ->
  weight a <= sum (fun L => weight (end_of a L) * (/ z) ^ time L) (tree fuel n a).
Proof.
  induction fuel as [|fuel IH]; intros [|n] a Ha; try (simpl; lra).
  cbn [tree]. rewrite sum_flat_map. eapply Rle_trans; [apply growth, Ha|]. apply sum_le.
  intros i Hi. apply outgoing_in in Hi as [Hi _]. rewrite sum_map.
  specialize (IH (S n - steps i)%nat (target i) (target_block i Hi)).
  assert (Hpow : 0 < (/ z) ^ steps i) by (apply pow_lt, Rinv_0_lt_compat; lra).
  apply (Rmult_le_compat_r ((/ z) ^ steps i)) in IH; [|lra]. rewrite <- sum_scale in IH.
  eapply Rle_trans; [exact IH|]. apply sum_le. intros L _. right.
  change (end_of a (i :: L)) with (end_of (target i) L). simpl total. fold (total steps L).
  rewrite pow_add. ring.
Qed.

Local Lemma tree_path fuel : forall n a L, (a < blocks)%nat -> In L (tree fuel n a) ->
  path symbols source target a L (end_of a L).
Proof.
  induction fuel as [|fuel IH]; intros [|n] a L Ha HL; try (destruct HL as [<-|[]]; reflexivity).
  cbn [tree] in HL. apply in_flat_map in HL as (i & Hi & HL). apply in_map_iff in HL as (M & <- & HM).
  apply outgoing_in in Hi as [Hi Hs]. split; [exact Hi|]. split; [exact Hs|].
  apply (IH _ _ _ (target_block i Hi) HM).
Qed.

Local Lemma end_block L : forall a c, (a < blocks)%nat -> path symbols source target a L c ->
  (end_of a L < blocks)%nat.
Proof.
  induction L as [|i L IH]; intros a c Ha H; [exact Ha|]. destruct H as (Hi & _ & H).
  apply (IH (target i) c); [apply target_block, Hi|exact H].
Qed.

Local Lemma tree_time most fuel : (forall i, (i < symbols)%nat -> (steps i <= most)%nat) ->
  forall n a L, (n <= fuel)%nat -> In L (tree fuel n a) -> (n <= time L <= n + most)%nat.
Proof.
  intro Hmost. induction fuel as [|fuel IH]; intros [|n] a L Hn HL; try (destruct HL as [<-|[]]; simpl; lia).
  cbn [tree] in HL. apply in_flat_map in HL as (i & Hi & HL). apply in_map_iff in HL as (M & <- & HM).
  apply outgoing_in in Hi as [Hi _]. specialize (steps_pos i Hi). specialize (Hmost i Hi).
  simpl total. fold (time M). destruct (Nat.le_gt_cases (S n) (steps i)) as [Hlast|Hmore].
  - replace (S n - steps i)%nat with 0%nat in HM by lia.
    destruct fuel; destruct HM as [<-|[]]; simpl; lia.
  - specialize (IH (S n - steps i)%nat (target i) M ltac:(lia) HM). lia.
Qed.

Local Lemma tree_forks fuel : forall n a, ForallOrdPairs fork (tree fuel n a).
Proof.
  induction fuel as [|fuel IH]; intros [|n] a; try (repeat constructor).
  cbn [tree]. assert (Hdistinct : NoDup (outgoing a)) by apply NoDup_filter, seq_NoDup.
  induction Hdistinct as [|i l Hi Hl IHl]; simpl flat_map; [constructor|]. apply pairs_concat; [|exact IHl|].
  - apply (pairs_of_map fork fork (cons i)); [|apply IH]. intros x y _ _ H. right. auto.
  - intros x y Hx Hy. apply in_map_iff in Hx as (x' & <- & _). apply in_flat_map in Hy as (j & Hj & Hy).
    apply in_map_iff in Hy as (y' & <- & _). left. intros ->. contradiction.
Qed.

(* ---- Each is the beginning of an endless path ---- *)

Definition exit (a : nat) : nat := hd 0%nat (outgoing a).

Local Lemma exit_good a : (a < blocks)%nat -> (exit a < symbols)%nat /\ source (exit a) = a.
Proof.
  intro Ha. apply outgoing_in. unfold exit. pose proof (growth a Ha) as H. pose proof (weight_pos a Ha).
  destruct (outgoing a) as [|i l]; [simpl in H; lra|left; reflexivity].
Qed.

Definition next (a : nat) (L : list nat) : nat := match L with i :: _ => i | [] => exit a end.

Fixpoint future (n a : nat) (L : list nat) : nat :=
  match n with O => next a L | S n' => future n' (target (next a L)) (tl L) end.

Local Lemma future_good n : forall a L c, (a < blocks)%nat -> path symbols source target a L c ->
  (future n a L < symbols)%nat /\ target (future n a L) = source (future (S n) a L).
Proof.
  assert (Hnext : forall a L c, (a < blocks)%nat -> path symbols source target a L c ->
    (next a L < symbols)%nat /\ source (next a L) = a /\
    path symbols source target (target (next a L)) (tl L) (match L with [] => target (exit a) | _ => c end)).
  { intros a [|i L] c Ha H; [|exact H]. destruct (exit_good a Ha). simpl. auto. }
  induction n as [|n IH]; intros a L c Ha H; destruct (Hnext a L c Ha H) as (H1 & H2 & H3).
  - split; [exact H1|]. cbn [future].
    destruct (Hnext _ _ _ (target_block _ H1) H3) as (_ & H4 & _). symmetry. exact H4.
  - apply (IH _ _ _ (target_block _ H1) H3).
Qed.

Local Lemma future_begins L : forall a c s, path symbols source target a L c ->
  (forall n, s (Z.of_nat n) = future n a L) -> begins s L.
Proof.
  induction L as [|i L IH]; intros a c s H Hs; [exact I|]. split; [apply (Hs 0%nat)|].
  destruct H as (_ & _ & H). apply (IH (target i) c); [exact H|]. intro n. unfold shift.
  replace (Z.of_nat n + 1)%Z with (Z.of_nat (S n)) by lia. apply (Hs (S n)).
Qed.

(* ---- The entropy ---- *)

Variables (base : nat) (P Q : list nat).
Hypothesis base_block : (base < blocks)%nat.
Hypothesis HP : path symbols source target base P base.
Hypothesis HQ : path symbols source target base Q base.
Hypothesis HPQ : P ++ Q <> Q ++ P.

(* The loops are the past. *)
Definition complete (L : list nat) (t : Z) : nat :=
  if (t <? 0)%Z then spell P Q (fun _ => false) t else future (Z.to_nat t) base L.

Local Lemma complete_future L n : complete L (Z.of_nat n) = future n base L.
Proof. unfold complete. rewrite (proj2 (Z.ltb_ge _ _)), Nat2Z.id by lia. reflexivity. Qed.

Local Lemma complete_base L c : path symbols source target base L c -> source (complete L 0%Z) = base.
Proof.
  intro H. change 0%Z with (Z.of_nat 0). rewrite complete_future. cbn [future].
  destruct L as [|i L]; [apply exit_good, base_block|apply H].
Qed.

Local Lemma complete_endless L c : path symbols source target base L c ->
  endless symbols source target (complete L).
Proof.
  intros H t. pose proof (spell_endless symbols source target steps base P Q HP HQ HPQ (fun _ => false) t)
    as Hpast.
  destruct (Z.ltb_spec t 0) as [Ht|Ht].
  - unfold complete at 1 2. rewrite (proj2 (Z.ltb_lt _ _) Ht). split; [apply Hpast|].
    destruct (Z.eq_dec t (-1)) as [->|Hne].
    + rewrite (proj2 Hpast). change (-1 + 1)%Z with 0%Z.
      rewrite (complete_base L c H). apply (spell_base symbols source target steps base P Q HP HQ HPQ).
    + unfold complete. rewrite (proj2 (Z.ltb_lt _ _)) by lia. apply Hpast.
  - replace t with (Z.of_nat (Z.to_nat t)) by lia. set (n := Z.to_nat t).
    replace (Z.of_nat n + 1)%Z with (Z.of_nat (S n)) by lia. rewrite !complete_future.
    apply (future_good n base L c base_block H).
Qed.

Context {X : Type}.
Variables (dist : X -> X -> R) (f : X -> X) (K : X -> Prop) (code : (Z -> nat) -> X).
Hypothesis in_K : forall s, endless symbols source target s -> K (code s).
Hypothesis step : forall s, endless symbols source target s ->
  Dynamics.iter (steps (s 0%Z)) f (code s) = code (shift 1 s).
Variable delta : R.
Hypothesis delta_pos : 0 < delta.
Hypothesis apart : forall s s', endless symbols source target s -> endless symbols source target s' ->
  source (s 0%Z) = source (s' 0%Z) -> s 0%Z <> s' 0%Z ->
  exists j, (j <= steps (s 0%Z))%nat /\
    delta <= dist (Dynamics.iter j f (code s)) (Dynamics.iter j f (code s')).

Local Lemma tree_points most n : (forall i, (i < symbols)%nat -> (steps i <= most)%nat) ->
  let E := map (fun L => code (complete L)) (tree n n base) in
  (forall x, In x E -> K x) /\ ForallOrdPairs (apart_in dist f (S (n + most)) (delta / 2)) E.
Proof.
  intros Hmost E. split.
  - intros x Hx. apply in_map_iff in Hx as (L & <- & HL). apply in_K, (complete_endless L (end_of base L)).
    apply (tree_path n n); assumption.
  - apply (pairs_of_map fork); [|apply tree_forks]. intros L M HL HM HF.
    pose proof (tree_path n n base L base_block HL) as HLp. pose proof (tree_path n n base M base_block HM)
      as HMp.
    destruct (code_fork symbols source target steps dist f code step delta apart L M
      (complete L) (complete M))
      as (j & Hj & Hd).
    + apply (complete_endless L _ HLp).
    + apply (complete_endless M _ HMp).
    + rewrite (complete_base L _ HLp), (complete_base M _ HMp). reflexivity.
    + apply (future_begins L base _ _ HLp), complete_future.
    + apply (future_begins M base _ _ HMp), complete_future.
    + exact HF.
    + exists j. pose proof (tree_time most n Hmost n base L (Nat.le_refl n) HL). split; [lia|lra].
Qed.

Theorem path_entropy : entropy_ge_ln_in dist f K z.
Proof.
  destruct (uniform_bound (fun V a => weight a <= V) (seq 0 blocks)) as (V & HV0 & HV); [intros;
    lra|intros a _; exists (weight a); lra|].
  assert (Hmost : exists most, forall i, (i < symbols)%nat -> (steps i <= most)%nat).
  { exists (fold_right Nat.max 0%nat (map steps (seq 0 symbols))). intros i Hi.
    assert (Hin : In (steps i) (map steps (seq 0 symbols))) by (apply in_map, in_seq; lia).
    revert Hin. generalize (map steps (seq 0 symbols)). intro l. induction l as [|k l IH]; simpl; [tauto|].
    intros [->|Hin]; [lia|]. specialize (IH Hin). lia. }
  destruct Hmost as [most Hmost]. intros mu Hmu. exists (delta / 2). split; [lra|]. intro N.
  pose proof (weight_pos base base_block) as Hw.
  destruct (power_outgrows mu z (V * mu ^ S most / weight base) Hmu) as [M HM].
  set (n := Nat.max N M). specialize (HM n ltac:(lia)).
  exists (S (n + most)), (map (fun L => code (complete L)) (tree n n base)).
  split; [lia|]. split; [apply tree_points, Hmost|]. rewrite map_length.
  assert (Hcount : weight base <= INR (length (tree n n base)) * (V * (/ z) ^ n)).
  { eapply Rle_trans; [apply (tree_weight n n base base_block)|]. rewrite <- sum_const. apply sum_le.
    intros L HL.
    pose proof (end_block L base _ base_block (tree_path n n base L base_block HL)) as Hend.
    pose proof (tree_time most n Hmost n base L (Nat.le_refl n) HL) as [Htime _].
    apply Rmult_le_compat; [apply Rlt_le, weight_pos, Hend|apply pow_le, Rlt_le, Rinv_0_lt_compat; lra|
      apply HV, in_seq; lia|].
    rewrite !pow_inv. apply Rinv_le_contravar; [apply pow_lt; lra|]. apply Rle_pow; [lra|exact Htime]. }
  assert (Hzn : 0 < z ^ n) by (apply pow_lt; lra).
  apply (Rmult_le_compat_r (z ^ n)) in Hcount; [|lra].
  replace (INR (length (tree n n base)) * (V * (/ z) ^ n) * z ^ n) with (INR (length (tree n n base)) * V)
    in Hcount
    by (rewrite pow_inv; field; lra).
  assert (HVpos : 0 < V) by (pose proof (HV base ltac:(apply in_seq; lia)); lra).
  apply (Rmult_lt_compat_l (weight base)) in HM; [|exact Hw].
  replace (weight base * (V * mu ^ S most / weight base * mu ^ n)) with (V * mu ^ S (n + most)) in HM
    by (rewrite Nat.add_comm, <- Nat.add_succ_l, pow_add; field; lra).
  apply (Rmult_le_reg_l V); [exact HVpos|]. lra.
Qed.
End PathEntropy.
