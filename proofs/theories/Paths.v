(* A map coded by the paths of a graph: symbols lead from block to block, each takes a number of steps, and for
   every two-sided path there is a point, which f takes along.

   Periodic paths have periodic points, and two loops P, Q at one block with PQ <> QP give a scrambled set:
   PQ and QP are two symbols that take the same time (FullShift.v). *)
From Coq Require Import Reals Lra Lia ZArith List FunctionalExtensionality.
From Certify Require Import Dynamics Iterates Spaces FullShift.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Lists of symbols ---- *)

Fixpoint begins (s : Z -> nat) (L : list nat) : Prop :=
  match L with [] => True | i :: L' => s 0%Z = i /\ begins (shift 1 s) L' end.

Lemma begins_nth L : forall s, (forall i, (i < length L)%nat -> s (Z.of_nat i) = nth i L 0%nat) -> begins s L.
Proof.
  induction L as [|i L IH]; intros s H; simpl; [exact I|]. split; [apply (H 0%nat); simpl; lia|].
  apply IH. intros k Hk. unfold shift. replace (Z.of_nat k + 1)%Z with (Z.of_nat (S k)) by lia.
  apply (H (S k)). simpl. lia.
Qed.

(* Neither list is the beginning of the other. *)
Fixpoint fork (L M : list nat) : Prop :=
  match L, M with i :: L', j :: M' => i <> j \/ i = j /\ fork L' M' | _, _ => False end.

Lemma fork_of_same_length L : forall M, length L = length M -> L <> M -> fork L M.
Proof.
  induction L as [|i L IH]; intros [|j M] Hlen Hne; simpl in *; try congruence.
  destruct (Nat.eq_dec i j) as [->|]; [|auto]. right. split; [reflexivity|]. apply IH; congruence.
Qed.

(* ---- Paths ---- *)

Section Paths.
Variables (symbols : nat) (source target steps : nat -> nat).

(* A path from block a to block c *)
Fixpoint path (a : nat) (L : list nat) (c : nat) : Prop :=
  match L with
  | [] => a = c
  | i :: L' => (i < symbols)%nat /\ source i = a /\ path (target i) L' c
  end.

Definition endless (s : Z -> nat) : Prop :=
  forall t, (s t < symbols)%nat /\ target (s t) = source (s (t + 1)%Z).

Definition total (L : list nat) : nat := fold_right (fun i n => n + steps i)%nat 0%nat L.

Lemma total_app L M : total (L ++ M) = (total L + total M)%nat.
Proof. induction L as [|i L IH]; simpl; lia. Qed.

Lemma path_app L M : forall a b c, path a L b -> path b M c -> path a (L ++ M) c.
Proof. induction L as [|i L IH]; simpl; intros a b c H H'; [subst; exact H'|]. intuition eauto. Qed.

Lemma path_nth L : forall a c i, path a L c -> (i < length L)%nat ->
  (nth i L 0 < symbols)%nat /\
  source (nth i L 0%nat) = match i with O => a | S k => target (nth k L 0%nat) end.
Proof.
  induction L as [|j L IH]; simpl; intros a c i H Hi; [lia|]. destruct H as (H1 & H2 & H3).
  destruct i as [|i]; [auto|]. destruct (IH _ _ i H3 ltac:(lia)) as [Hlt Hs]. split; [exact Hlt|].
  rewrite Hs. destruct i; reflexivity.
Qed.

Lemma path_end L : forall a c, path a L c -> L <> [] -> target (nth (length L - 1) L 0%nat) = c.
Proof.
  induction L as [|j [|k L] IH]; intros a c H Hne; [congruence|simpl in *; tauto|].
  destruct H as (_ & _ & H). rewrite <- (IH _ _ H) by discriminate. simpl length.
  replace (S (S (length L)) - 1)%nat with (S (S (length L) - 1)) by lia. reflexivity.
Qed.

Lemma endless_shift r s : endless s -> endless (shift r s).
Proof. intros H t. unfold shift. replace (t + 1 + r)%Z with (t + r + 1)%Z by lia. apply H. Qed.

(* ---- The coding ---- *)

Context {X : Type}.
Variables (dist : X -> X -> R) (f : X -> X) (K : X -> Prop) (code : (Z -> nat) -> X).
Hypothesis dist_self : forall x, dist x x = 0.
Hypothesis dist_sym : forall x y, dist x y = dist y x.
Hypothesis triangle : forall x y z, dist x z <= dist x y + dist y z.
Hypothesis in_K : forall s, endless s -> K (code s).
Hypothesis step : forall s, endless s -> iter (steps (s 0%Z)) f (code s) = code (shift 1 s).
Hypothesis close : forall eps, 0 < eps -> exists n, forall s s', agree n s s' ->
  dist (code s) (code s') < eps.
Variable delta : R.
Hypothesis delta_pos : 0 < delta.
Hypothesis apart : forall s s', endless s -> endless s' -> source (s 0%Z) = source (s' 0%Z) ->
  s 0%Z <> s' 0%Z ->
  exists j, (j <= steps (s 0%Z))%nat /\ delta <= dist (iter j f (code s)) (iter j f (code s')).

Lemma code_along L : forall s, endless s -> begins s L ->
  iter (total L) f (code s) = code (shift (Z.of_nat (length L)) s).
Proof.
  induction L as [|i L IH]; intros s Hs HL; [simpl; rewrite shift_0; reflexivity|].
  destruct HL as [<- HL]. cbn [total fold_right]. fold (total L).
  rewrite iter_add, step, IH, shift_shift by (try apply endless_shift; assumption).
  f_equal. f_equal. simpl length. lia.
Qed.

(* A periodic path has a periodic point. *)
Theorem periodic_path n s : endless s -> (0 < n)%nat -> (forall t, s (t + Z.of_nat n)%Z = s t) ->
  (forall i, (i < symbols)%nat -> (0 < steps i)%nat) -> periodic f (code s).
Proof.
  intros Hs Hn Hper Hpos. set (L := map (fun k => s (Z.of_nat k)) (seq 0 n)).
  assert (HL : length L = n) by (unfold L; rewrite map_length; apply seq_length).
  exists (total L). split.
  - unfold L. destruct n as [|n]; [lia|]. simpl. specialize (Hpos (s 0%Z) (proj1 (Hs 0%Z))). lia.
  - rewrite code_along; [|exact Hs|].
    + rewrite HL. f_equal. apply functional_extensionality, Hper.
    + apply begins_nth. intros k Hk. rewrite HL in Hk. unfold L.
      rewrite (nth_indep _ 0%nat (s (Z.of_nat 0))) by (rewrite map_length, seq_length; exact Hk).
      rewrite (map_nth (fun k => s (Z.of_nat k))), seq_nth by exact Hk. reflexivity.
Qed.

(* Paths that fork have points that are apart by the time when the first path ends. *)
Lemma code_fork L : forall M s s', endless s -> endless s' -> source (s 0%Z) = source (s' 0%Z) ->
  begins s L -> begins s' M -> fork L M ->
  exists j, (j <= total L)%nat /\ delta <= dist (iter j f (code s)) (iter j f (code s')).
Proof.
  induction L as [|i L IH]; intros [|k M] s s' Hs Hs' Hsrc HL HM HF; try contradiction.
  destruct HL as [<- HL], HM as [<- HM]. cbn [fork] in HF. simpl total.
  destruct (Nat.eq_dec (s 0%Z) (s' 0%Z)) as [E|E].
  - destruct HF as [HF|[_ HF]]; [contradiction|].
    destruct (IH M (shift 1 s) (shift 1 s')) as (j & Hj & Hd); try assumption; try (apply endless_shift;
      assumption).
    { change (source (s 1%Z) = source (s' 1%Z)).
      pose proof (proj2 (Hs 0%Z)) as T. pose proof (proj2 (Hs' 0%Z)) as T'. simpl in T, T'. congruence. }
    exists (j + steps (s 0%Z))%nat. fold (total L). split; [lia|]. rewrite !iter_add, step by exact Hs.
    rewrite E, step by exact Hs'. exact Hd.
  - destruct (apart s s' Hs Hs' Hsrc E) as (j & Hj & Hd). exists j. split; [lia|exact Hd].
Qed.

(* ---- Two loops ---- *)

Section Loops.
Variables (base : nat) (P Q : list nat).
Hypothesis HP : path base P base.
Hypothesis HQ : path base Q base.
Hypothesis HPQ : P ++ Q <> Q ++ P.
Hypothesis steps_pos : forall i, (i < symbols)%nat -> (0 < steps i)%nat.

Local Definition loop (c : bool) : list nat := if c then Q ++ P else P ++ Q.
Local Definition size : nat := length (P ++ Q).

Local Lemma loop_path c : path base (loop c) base.
Proof. destruct c; apply (path_app _ _ _ base); assumption. Qed.

Local Lemma loop_length c : length (loop c) = size.
Proof. destruct c; unfold loop, size; rewrite !app_length; lia. Qed.

Local Lemma size_pos : (0 < size)%nat.
Proof. unfold size. rewrite app_length. destruct P, Q; simpl; try lia. contradiction. Qed.

Definition spell (a : Z -> bool) (t : Z) : nat :=
  nth (Z.to_nat (t mod Z.of_nat size)) (loop (a (t / Z.of_nat size)%Z)) 0%nat.

Local Lemma spell_at a q r : (r < size)%nat ->
  spell a (q * Z.of_nat size + Z.of_nat r) = nth r (loop (a q)) 0%nat.
Proof.
  intro Hr. unfold spell.
  rewrite Z.add_comm, Z.mod_add, Z.div_add, Z.mod_small, Z.div_small, Nat2Z.id, Z.add_0_l by lia. reflexivity.
Qed.

Local Lemma position t : exists q r, (r < size)%nat /\ t = (q * Z.of_nat size + Z.of_nat r)%Z.
Proof.
  pose proof size_pos. exists (t / Z.of_nat size)%Z, (Z.to_nat (t mod Z.of_nat size)).
  pose proof (Z.mod_pos_bound t (Z.of_nat size) ltac:(lia)).
  split; [lia|]. rewrite Z2Nat.id by lia. rewrite Z.mul_comm. apply Z.div_mod. lia.
Qed.

Lemma spell_endless a : endless (spell a).
Proof.
  intro t. pose proof size_pos as Hsize. destruct (position t) as (q & r & Hr & ->).
  rewrite spell_at by exact Hr. rewrite <- (loop_length (a q)) in Hr.
  split; [apply (path_nth _ _ _ _ (loop_path (a q)) Hr)|].
  rewrite (loop_length (a q)) in Hr.
  destruct (Nat.eq_dec (S r) size) as [E|E].
  - replace (q * Z.of_nat size + Z.of_nat r + 1)%Z with ((q + 1) * Z.of_nat size + Z.of_nat 0)%Z by nia.
    rewrite spell_at by lia.
    rewrite (proj2 (path_nth (loop (a (q + 1)%Z)) base base 0 (loop_path _) ltac:(rewrite loop_length; lia))).
    rewrite <- (path_end (loop (a q)) base base (loop_path _)).
    + rewrite loop_length. do 2 f_equal. lia.
    + intro H. pose proof (loop_length (a q)) as Hl. rewrite H in Hl. simpl in Hl. lia.
  - replace (q * Z.of_nat size + Z.of_nat r + 1)%Z with (q * Z.of_nat size + Z.of_nat (S r))%Z by lia.
    rewrite spell_at by lia.
    rewrite (proj2 (path_nth (loop (a q)) base base (S r) (loop_path _) ltac:(rewrite loop_length; lia))).
    reflexivity.
Qed.

Lemma spell_base a : source (spell a 0%Z) = base.
Proof.
  pose proof size_pos as Hsize. rewrite <- (Z.mul_0_l (Z.of_nat size)), <- (Z.add_0_r (0 * _)).
  rewrite (spell_at a 0 0 Hsize : spell a (0 * Z.of_nat size + 0) = _).
  apply (path_nth (loop (a 0%Z)) base base 0 (loop_path _)). rewrite loop_length. exact Hsize.
Qed.

Local Lemma spell_begins a : begins (spell a) (loop (a 0%Z)).
Proof.
  apply begins_nth. intros i Hi. rewrite loop_length in Hi.
  change (Z.of_nat i) with (0 * Z.of_nat size + Z.of_nat i)%Z. apply spell_at, Hi.
Qed.

Local Lemma spell_shift a : shift (Z.of_nat size) (spell a) = spell (shift 1 a).
Proof.
  apply functional_extensionality. intro t. destruct (position t) as (q & r & Hr & ->). unfold shift at 1.
  replace (q * Z.of_nat size + Z.of_nat r + Z.of_nat size)%Z with ((q + 1) * Z.of_nat size + Z.of_nat r)%Z
    by ring.
  rewrite !spell_at by exact Hr. reflexivity.
Qed.

Local Lemma loop_total c : total (loop c) = total (P ++ Q).
Proof. destruct c; unfold loop; rewrite !total_app; lia. Qed.

Theorem loops_scrambled : has_scrambled_in dist f K.
Proof.
  pose proof size_pos as Hsize.
  apply (full_shift_scrambled dist f K (total (P ++ Q)) (fun a => code (spell a)))
    with (delta := delta); try assumption.
  - pose proof (loop_path false) as H. simpl in H. unfold size in Hsize.
    destruct (P ++ Q) as [|i L]; simpl in *; [lia|]. destruct H as (Hi & _). specialize (steps_pos i Hi). lia.
  - intro a. apply in_K, spell_endless.
  - intro a. rewrite <- (loop_total (a 0%Z)), code_along by (apply spell_endless || apply spell_begins).
    rewrite loop_length, spell_shift. reflexivity.
  - intros eps Heps. destruct (close eps Heps) as [n Hn]. exists n. intros a b Hab. apply Hn.
    intros t Ht. destruct (position t) as (q & r & Hr & ->). rewrite !spell_at by exact Hr.
    rewrite (Hab q) by nia. reflexivity.
  - intros a b Hab.
    destruct (code_fork (loop (a 0%Z)) (loop (b 0%Z)) (spell a) (spell b)) as (j & _ & Hj);
      try apply spell_endless; try apply spell_begins.
    + rewrite !spell_base. reflexivity.
    + apply fork_of_same_length; [rewrite !loop_length; reflexivity|].
      destruct (a 0%Z), (b 0%Z); simpl; congruence.
    + exists j. exact Hj.
Qed.
End Loops.
End Paths.
