(* Upper bounds for the entropy from a graph of monotone parts (Misiurewicz and Szlenk 1980).

   Vertices are closed intervals [a i, b i], cut into parts on which f is constant, or monotone with values
   in the interval of the part's target.  No edge leads to a higher rank, and with positive weights v
       sum of v over the targets of the same rank as i <= mu * v i.
   If every orbit enters [a 0, b 0] after N steps, then the entropy of f is at most ln mu.

   Idea.  Some points of [a i, b i] are chosen as cuts such that two points with no cut strictly between them
   stay within eps for n steps: a grid of mesh eps, the ends of the parts, and in each part one preimage of
   each cut, for n - 1 steps, of the target; for f is monotone there, so what lies between two points is
   mapped between their images.  Hence the cuts, and with them the (n, eps)-separated points, are not more
   than the paths of length up to n, times a constant. *)

From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Iterates Continuity Compactness Parts Entropy.
Import ListNotations.
Local Open Scope R_scope.

Definition monotone (f : R -> R) (u w : R) : Prop :=
  (forall x y, u <= x -> x <= y -> y <= w -> f x <= f y) \/
    (forall x y, u <= x -> x <= y -> y <= w -> f y <= f x).

(* The point c lies strictly between x and y. *)
Definition between (x c y : R) : Prop := x < c < y \/ y < c < x.

(* ---- Cuts ---- *)

Section Cuts.
Variables (f : R -> R) (n : nat) (eps : R).

(* Between neighbouring cuts nothing gets apart. *)
Definition cuts_suffice (a b : R) (C : list R) : Prop := forall x y, a <= x <= b -> a <= y <= b ->
  (forall c, In c C -> ~ between x c y) -> ~ apart f n eps x y.

Definition strictly_in (s t c : R) : bool :=
  if Rlt_dec s c then if Rlt_dec c t then true else false else false.

Lemma strictly_in_iff s t c : strictly_in s t c = true <-> s < c < t.
Proof.
  unfold strictly_in. destruct (Rlt_dec s c), (Rlt_dec c t); split; intro H; try lra;
  discriminate || reflexivity.
Qed.

Lemma inside_split s c t C : s < c < t -> In c C ->
  (length (filter (strictly_in s c) C) + length (filter (strictly_in c t) C) <
   length (filter (strictly_in s t) C))%nat.
Proof.
  intros Hc HC.
  pose (one := fun (p : R -> bool) d => length (filter p [d])).
  assert (Hcons : forall p d L, length (filter p (d :: L)) = (one p d + length (filter p L))%nat).
  { intros p d L. unfold one. simpl. destruct (p d); reflexivity. }
  assert (Hone : forall d,
    (one (strictly_in s c) d + one (strictly_in c t) d <= one (strictly_in s t) d)%nat).
  { intro d. unfold one, strictly_in. simpl.
    destruct (Rlt_dec s d), (Rlt_dec d c), (Rlt_dec c d), (Rlt_dec d t); simpl; lia || lra. }
  assert (Hle : forall L, (length (filter (strictly_in s c) L) + length (filter (strictly_in c t) L) <=
    length (filter (strictly_in s t) L))%nat).
  { induction L as [|d L IH]; [simpl; lia|]. rewrite !Hcons. specialize (Hone d). lia. }
  induction C as [|d C IH]; [destruct HC|]. rewrite !Hcons. destruct HC as [->|HC].
  - specialize (Hle C).
    assert (Hc1 : (one (strictly_in s c) c + one (strictly_in c t) c < one (strictly_in s t) c)%nat); [|lia].
    unfold one, strictly_in. simpl. destruct (Rlt_dec s c), (Rlt_dec c c), (Rlt_dec c t); simpl; lia || lra.
  - specialize (IH HC). specialize (Hone d). lia.
Qed.

(* The separated points are not many more than the cuts. *)
Lemma few_cuts a b C : cuts_suffice a b C -> few f n eps a b (S (length C)).
Proof.
  intro Hcuts.
  assert (H : forall k s t, a <= s -> t <= b -> (length (filter (strictly_in s t) C) <= k)%nat ->
    few f n eps s t (S k)).
  { induction k as [k IH] using (well_founded_induction lt_wf). intros s t Hs Ht Hk.
    destruct (filter (strictly_in s t) C) as [|c L] eqn:Hinside.
    - intros E HE Hsep. apply (Nat.le_trans _ 1); [|lia]. revert HE Hsep. apply few_unit.
      intros x y Hx Hy. apply Hcuts; [lra|lra|]. intros c Hc Hbetween.
      assert (Hin : In c (filter (strictly_in s t) C)); [|rewrite Hinside in Hin; destruct Hin].
      apply filter_In. split; [exact Hc|]. apply strictly_in_iff. unfold between in Hbetween. lra.
    - assert (Hc : In c (filter (strictly_in s t) C)) by (rewrite Hinside; simpl; auto).
      apply filter_In in Hc as [Hc Hst]. apply strictly_in_iff in Hst.
      pose proof (inside_split s c t C Hst Hc) as Hsplit. rewrite Hinside in Hsplit.
      set (k1 := length (filter (strictly_in s c) C)) in *.
      set (k2 := length (filter (strictly_in c t) C)) in *.
      intros E HE Hsep. apply (Nat.le_trans _ (S k1 + S k2)); [|simpl in *; lia]. revert E HE Hsep.
      apply (few_split f n eps s c t); apply IH; try lra; unfold k1, k2; simpl in *; lia. }
  intros E HE Hsep. apply (Nat.le_trans _ (S (length (filter (strictly_in a b) C)))).
  - apply (H _ a b); auto; lra.
  - apply le_n_S. clear. induction C as [|c C IH]; simpl; [lia|]. destruct (strictly_in a b c); simpl; lia.
Qed.
End Cuts.

(* A grid of mesh at most eps. *)
Lemma grid lo hi eps : 0 < eps -> exists G, forall x y, lo <= x <= hi -> lo <= y <= hi ->
  (forall c, In c G -> ~ between x c y) -> Rabs (x - y) <= eps.
Proof.
  intro Heps. destruct (nat_above ((hi - lo) / eps)) as [m Hm].
  exists (map (fun k => lo + INR k * eps) (seq 0 (S m))). intros x y Hx Hy Hfree.
  apply (Rmult_lt_compat_r eps) in Hm; [|exact Heps]. unfold Rdiv in Hm.
  rewrite Rmult_assoc, Rinv_l in Hm by lra.
  assert (Hfirst : exists k, (k <= m)%nat /\ Rmax x y <= lo + INR k * eps /\
    lo + INR k * eps - eps <= Rmin x y).
  { assert (Hreach : Rmax x y <= lo + INR m * eps) by (apply Rmax_lub; lra).
    clear Hm. revert Hreach Hfree. induction m as [|k IH]; intros Hreach Hfree.
    - exists 0%nat. simpl in *. pose proof (Rmin_glb x y lo ltac:(lra) ltac:(lra)). split; [lia|lra].
    - destruct (Rle_lt_dec (Rmax x y) (lo + INR k * eps)) as [Hle|Hlt].
      + destruct IH as (k' & Hk' & H1 & H2); [exact Hle| |exists k'; split; [lia|auto]].
        intros c Hc. apply Hfree. rewrite in_map_iff in Hc |- *. destruct Hc as (j & <- & Hj). exists j.
        split; [reflexivity|]. rewrite in_seq in Hj |- *. lia.
      + exists (S k). split; [lia|]. split; [exact Hreach|]. rewrite S_INR in *.
        assert (Hin : In (lo + INR k * eps) (map (fun k => lo + INR k * eps) (seq 0 (S (S k))))).
        { apply (in_map (fun k => lo + INR k * eps)), in_seq. lia. }
        apply Hfree in Hin. unfold between in Hin. revert Hlt Hin. unfold Rmax, Rmin.
        destruct (Rle_dec x y); lra. }
  destruct Hfirst as (k & _ & H1 & H2). revert H1 H2. unfold Rmax, Rmin. intros H1 H2. apply Rabs_le.
  destruct (Rle_dec x y); lra.
Qed.

(* ---- Preimages of cuts ---- *)

Lemma preimages f l r C : continuity f -> l <= r -> exists D, (length D <= length C)%nat /\
  forall c, In c C -> f l <= c <= f r \/ f r <= c <= f l -> exists d, In d D /\ l <= d <= r /\ f d = c.
Proof.
  intros Hf Hlr. induction C as [|c C (D & Hlen & HD)]; [exists []; split; [auto|intros c []]|].
  assert (Hc : (exists d, l <= d <= r /\ f d = c) \/ ~ (f l <= c <= f r \/ f r <= c <= f l)).
  { destruct (Rle_lt_dec (Rmin (f l) (f r)) c) as [H1|H1], (Rle_lt_dec c (Rmax (f l) (f r))) as [H2|H2];
      revert H1 H2; unfold Rmin, Rmax; destruct (Rle_dec (f l) (f r)); intros H1 H2; try (right; lra); left.
    - destruct (IVT_up f l r c Hf Hlr) as (d & Hd); [lra|]. exists d. exact Hd.
    - destruct (IVT_down f l r c Hf Hlr) as (d & Hd); [lra|]. exists d. exact Hd. }
  destruct Hc as [(d & Hd & Ed)|Hno].
  - exists (d :: D). split; [simpl; lia|]. intros c' [<-|Hc'] Hrange; [exists d; simpl; auto|].
    destruct (HD c' Hc' Hrange) as (d' & Hd' & Hrest). exists d'. simpl; auto.
  - exists D. split; [simpl; lia|]. intros c' [<-|Hc'] Hrange; [contradiction|apply HD; assumption].
Qed.

(* What lies strictly between f x and f y comes from between x and y, for a monotone f. *)
Lemma monotone_between f l r x d y : monotone f l r -> l <= x <= r -> l <= y <= r -> l <= d <= r ->
  between (f x) (f d) (f y) -> between x d y.
Proof.
  unfold between. intros [Hup|Hdown] Hx Hy Hd Hbetween.
  - assert (Hlt : forall s t, l <= s <= r -> l <= t <= r -> f s < f t -> s < t).
    { intros s t Hs Ht Hst. apply Rnot_le_lt. intro Hle. specialize (Hup t s). lra. }
    destruct Hbetween as [[H1 H2]|[H1 H2]]; apply Hlt in H1, H2; auto.
  - assert (Hlt : forall s t, l <= s <= r -> l <= t <= r -> f s < f t -> t < s).
    { intros s t Hs Ht Hst. apply Rnot_le_lt. intro Hle. specialize (Hdown s t). lra. }
    destruct Hbetween as [[H1 H2]|[H1 H2]]; apply Hlt in H1, H2; auto.
Qed.

Lemma monotone_range f l r x : monotone f l r -> l <= x <= r -> f l <= f x <= f r \/ f r <= f x <= f l.
Proof. intros [Hup|Hdown] Hx; [left; split; apply Hup|right; split; apply Hdown]; lra. Qed.

(* ---- The theorem ---- *)

Definition targets {X} (r : list (X * X * option nat)) : list nat :=
  flat_map (fun e => match label e with Some j => [j] | None => [] end) r.

Section Graph.
Variables (f : R -> R) (lo hi mu : R) (vertices N : nat).
Variables (a b v : nat -> R) (rows : nat -> list (R * R * option nat)) (rank : nat -> nat).
Hypothesis Hf : continuity f.
Hypothesis Hab : forall i, (i < vertices)%nat -> lo <= a i /\ b i <= hi.
Hypothesis Hrow : forall i, (i < vertices)%nat -> tiled (a i) (rows i) (b i).
Hypothesis Hpart : forall i e, (i < vertices)%nat -> In e (rows i) -> match label e with
  | None => forall x y, left e <= x <= right e -> left e <= y <= right e -> f x = f y
  | Some j => (j < vertices)%nat /\ (rank j <= rank i)%nat /\ monotone f (left e) (right e) /\
      forall x, left e <= x <= right e -> a j <= f x <= b j
  end.

Lemma tiled_part (L : list (R * R * option nat)) : forall s t x y, tiled s L t -> s <= x -> x <= y ->
  y <= t ->
  (forall c, In c (map right L) -> ~ between x c y) -> x = y \/ exists e, In e L /\ left e <= x /\
    y <= right e.
Proof.
  induction L as [|e L IH]; simpl; intros s t x y H Hx Hxy Hy Hfree; [left; lra|].
  destruct H as (H1 & H2 & H3).
  destruct (Rle_lt_dec y (right e)) as [Hle|Hgt]; [right; exists e; repeat split; auto; lra|].
  pose proof (Hfree (right e) (or_introl eq_refl)) as Hend. unfold between in Hend.
  destruct (IH (right e) t x y H3) as [Heq|(e' & He' & Hrest)]; auto; [lra|]. right. exists e'. auto.
Qed.

(* A bound for the number of cuts: the paths of length up to n, times B. *)
Fixpoint paths (B n i : nat) : nat :=
  match n with O => 0%nat | S n' => (B + list_sum (map (paths B n') (targets (rows i))))%nat end.

Lemma row_length_bounded : exists M, forall i, (i < vertices)%nat -> (length (rows i) <= M)%nat.
Proof.
  clear. induction vertices as [|k (M & HM)]; [exists 0%nat; intros; lia|].
  exists (M + length (rows k))%nat. intros i Hi. destruct (Nat.eq_dec i k) as [->|]; [lia|].
  specialize (HM i). lia.
Qed.

Lemma cuts_exist eps : 0 < eps -> exists B, forall n i, (i < vertices)%nat -> exists C,
  cuts_suffice f n eps (a i) (b i) C /\ (length C <= paths B n i)%nat.
Proof.
  intro Heps. destruct (grid lo hi eps Heps) as (G & HG). destruct row_length_bounded as (M & HM).
  exists (length G + M)%nat. induction n as [|n IH]; intros i Hi.
  { exists []. split; [|simpl; lia]. intros x y _ _ _ (k & Hk & _). lia. }
  (* the preimages, part by part *)
  assert (Hpre : forall r, (forall e, In e r -> In e (rows i)) -> (forall e, In e r -> left e <= right e) ->
    exists D,
    (length D <= list_sum (map (paths (length G + M) n) (targets r)))%nat /\
    forall e j, In e r -> label e = Some j -> forall x y, left e <= x <= right e -> left e <= y <= right e ->
      (forall d, In d D -> ~ between x d y) -> ~ apart f n eps (f x) (f y)).
  { induction r as [|e r IHr]; intros Hin Hle; [exists []; split; [simpl; lia|intros e j []]|].
    destruct IHr as (D & HDlen & HD); [intros; apply Hin; simpl; auto|intros; apply Hle; simpl; auto|].
    pose proof (Hpart i e Hi (Hin e (or_introl eq_refl))) as Hpe. simpl targets.
    destruct (label e) as [j|] eqn:Elab.
    - destruct Hpe as (Hj & _ & Hmono & Hrange). destruct (IH j Hj) as (C & HC & HClen).
      destruct (preimages f (left e) (right e) C Hf (Hle e (or_introl eq_refl))) as (D' & HDlen' & HD').
      exists (D' ++ D). split; [rewrite app_length; simpl; lia|].
      intros e' j' [<-|He'] Ej' x y Hx Hy Hfree.
      + apply HC; [apply Hrange, Hx|apply Hrange, Hy|]. intros c Hc Hbetween.
        pose proof (monotone_range f _ _ x Hmono Hx) as Hfx.
        pose proof (monotone_range f _ _ y Hmono Hy) as Hfy.
        destruct (HD' c Hc) as (d & Hd & Hdin & Ed); [unfold between in Hbetween; lra|].
        apply (Hfree d); [apply in_or_app; auto|]. apply (monotone_between f (left e) (right e)); auto.
        rewrite Ed. exact Hbetween.
      + apply (HD e' j' He' Ej' x y Hx Hy). intros d Hd. apply Hfree, in_or_app. auto.
    - exists D. split; [simpl; exact HDlen|]. intros e' j' [<-|He'] Ej'; [congruence|].
      apply (HD e' j' He' Ej'). }
  pose proof (tiled_chain _ _ _ (Hrow i Hi)) as Hchain.
  destruct (Hpre (rows i)) as (D & HDlen & HD); [auto|intros e He; destruct (chain_in _ _ _ e Hchain He);
    lra|].
  exists (G ++ map right (rows i) ++ D). split.
  - assert (Hordered : forall x y, a i <= x -> x <= y -> y <= b i ->
      (forall c, In c (G ++ map right (rows i) ++ D) -> ~ between x c y) -> ~ apart f (S n) eps x y).
    { intros x y Hx Hxy Hy Hfree ([|k] & Hk & Hdist).
      - destruct (Hab i Hi) as [Hlo Hhi]. apply (Rlt_not_le _ _ Hdist). simpl. apply HG; [lra|lra|].
        intros c Hc. apply Hfree, in_or_app. auto.
      - rewrite !iter_S in Hdist.
        destruct (tiled_part (rows i) (a i) (b i) x y (Hrow i Hi) Hx Hxy Hy) as [->|(e & He & Hl & Hr)].
        + intros c Hc. apply Hfree, in_or_app. right. apply in_or_app. auto.
        + rewrite Rminus_eq_0, Rabs_R0 in Hdist. lra.
        + pose proof (Hpart i e Hi He) as Hpe. destruct (label e) as [j|] eqn:Elab.
          * apply (HD e j He Elab x y); [lra|lra| |exists k; split; [lia|exact Hdist]].
            intros d Hd. apply Hfree, in_or_app. right. apply in_or_app. auto.
          * rewrite (Hpe x y) in Hdist by lra. rewrite Rminus_eq_0, Rabs_R0 in Hdist. lra. }
    intros x y Hx Hy Hfree. destruct (Rle_lt_dec x y) as [Hle|Hgt]; [apply Hordered; auto; lra|].
    intros (k & Hk & Hdist). apply (Hordered y x); try lra.
    + intros c Hc. specialize (Hfree c Hc). unfold between in *. lra.
    + exists k. split; [exact Hk|]. rewrite Rabs_minus_sym. exact Hdist.
  - specialize (HM i Hi). rewrite !app_length, map_length. simpl. lia.
Qed.
Hypothesis Hv : forall i, (i < vertices)%nat -> 1 <= v i.
Hypothesis Hmu : 1 <= mu.
Hypothesis Hgrowth : forall i, (i < vertices)%nat ->
  total v (filter (fun j => (rank j =? rank i)%nat) (targets (rows i))) <= mu * v i.

Lemma target_of i j : (i < vertices)%nat -> In j (targets (rows i)) -> (j < vertices)%nat /\
  (rank j <= rank i)%nat.
Proof.
  intros Hi Hj. apply in_flat_map in Hj as (e & He & Hj). pose proof (Hpart i e Hi He) as Hpe.
  destruct (label e) as [j'|]; [|destruct Hj]. destruct Hj as [->|[]]. tauto.
Qed.

Lemma row_weight_bounded : exists V, 0 <= V /\ forall i, (i < vertices)%nat ->
  total v (targets (rows i)) <= V.
Proof.
  assert (H : forall k, exists V, 0 <= V /\ forall i, (i < k)%nat -> total v (targets (rows i)) <= V).
  { induction k as [|k (V & HV & HVi)]; [exists 0; split; [lra|]; intros; lia|].
    exists (Rmax V (total v (targets (rows k)))).
    pose proof (Rmax_l V (total v (targets (rows k)))). pose proof (Rmax_r V (total v (targets (rows k)))).
    split; [lra|]. intros i Hi. destruct (Nat.eq_dec i k) as [->|]; [lra|]. specialize (HVi i ltac:(lia)).
    lra. }
  apply H.
Qed.

(* For each mu' > mu the paths grow at most like mu'^n: a bigger constant for each rank makes up for lower
   ranks. *)
Lemma paths_growth B mu' : mu < mu' -> exists D, forall n i, (i < vertices)%nat ->
  INR (paths B n i) <= D (rank i) * v i * mu' ^ n.
Proof.
  intro Hmu'. destruct row_weight_bounded as (V & HV & HVi). set (d := mu' - mu).
  assert (Hd : 0 < d) by (unfold d; lra).
  pose (D := fix D r := match r with O => INR B / d | S r' => D r' + (INR B + D r' * V) / d end).
  pose proof (pos_INR B) as HB.
  assert (HD0 : forall r, 0 <= D r).
  { induction r as [|r IH]; simpl; [apply Rmult_le_pos; [exact HB|apply Rlt_le, Rinv_0_lt_compat, Hd]|].
    assert (0 <= (INR B + D r * V) / d); [|lra]. apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat, Hd].
    nra. }
  assert (HDmono : forall r s, (r <= s)%nat -> D r <= D s).
  { intros r s Hrs. induction Hrs as [|s Hrs IH]; [lra|]. simpl. specialize (HD0 s).
    assert (0 <= (INR B + D s * V) / d); [|lra]. apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat, Hd].
    nra. }
  pose (E := fun r => match r with O => 0 | S r' => D r' end).
  assert (HE : forall r, 0 <= E r /\ INR B + E r * V <= D r * d).
  { intros [|r]; simpl; [split; [lra|]; field_simplify; lra|]. specialize (HD0 r). split; [exact HD0|].
    replace ((D r + (INR B + D r * V) / d) * d) with (D r * d + (INR B + D r * V)) by (field; lra). nra. }
  exists D. induction n as [|n IH]; intros i Hi.
  { simpl. specialize (HD0 (rank i)). specialize (Hv i Hi). nra. }
  pose proof (pow_R1_Rle mu' n ltac:(lra)) as Hpow. set (P := mu' ^ n) in *.
  (* the targets of rank i and those of lower rank *)
  assert (Hsum : forall L, (forall j, In j L -> (j < vertices)%nat /\ (rank j <= rank i)%nat) ->
    INR (list_sum (map (paths B n) L)) <=
      (D (rank i) * total v (filter (fun j => (rank j =? rank i)%nat) L) + E (rank i) * total v L) * P).
  { induction L as [|j L IHL]; intros HL; [simpl; lra|].
    destruct (HL j (or_introl eq_refl)) as [Hj Hrank]. specialize (IH j Hj). specialize (Hv j Hj).
    specialize (IHL (fun j' Hj' => HL j' (or_intror Hj'))). destruct (HE (rank i)) as [HE0 _].
    assert (Hcoef : D (rank j) * v j <=
      (if (rank j =? rank i)%nat then D (rank i) * v j else 0) + E (rank i) * v j).
    { destruct (Nat.eqb_spec (rank j) (rank i)) as [->|Hne]; [nra|].
      destruct (rank i) as [|r] eqn:Er; [lia|]. simpl. pose proof (HDmono (rank j) r ltac:(lia)). nra. }
    simpl. rewrite plus_INR. fold (list_sum (map (paths B n) L)).
    apply (Rmult_le_compat_r P) in Hcoef; [|lra].
    destruct (rank j =? rank i)%nat; simpl; lra. }
  specialize (Hsum (targets (rows i)) (fun j => target_of i j Hi)). specialize (Hgrowth i Hi).
  specialize (HVi i Hi).
  specialize (Hv i Hi). destruct (HE (rank i)) as [HE0 HE1]. specialize (HD0 (rank i)).
  simpl paths. rewrite plus_INR. simpl (mu' ^ S n). fold P.
  apply (Rle_trans _ (INR B * P + (D (rank i) * (mu * v i) + E (rank i) * V) * P)).
  - apply Rplus_le_compat; [nra|]. refine (Rle_trans _ _ _ Hsum _). apply Rmult_le_compat_r; [lra|].
    apply Rplus_le_compat; apply Rmult_le_compat_l; assumption.
  - assert (Hkey : INR B + E (rank i) * V <= D (rank i) * d * v i).
    { assert (HDd : 0 <= D (rank i) * d) by (apply Rmult_le_pos; lra).
      apply (Rle_trans _ (D (rank i) * d * 1)); [lra|]. apply Rmult_le_compat_l; assumption. }
    unfold d in Hkey.
    replace (D (rank i) * v i * (mu' * P))
      with ((D (rank i) * (mu * v i) + D (rank i) * (mu' - mu) * v i) * P) by ring.
    rewrite <- Rmult_plus_distr_r. apply Rmult_le_compat_r; lra.
Qed.

Hypothesis Hvertices : (0 < vertices)%nat.
Hypothesis Hcore : forall x, lo <= x <= hi -> a 0%nat <= iter N f x <= b 0%nat.

Theorem graph_entropy_above : entropy_le_ln f lo hi mu.
Proof.
  intros lam Hge. apply Rnot_lt_le. intro Hlam.
  set (mu' := (mu + lam) / 2). assert (Hmu' : mu < mu' < lam) by (unfold mu'; lra).
  destruct (entropy_outgrows f lo hi mu' lam ltac:(lra) Hge) as (eps & Heps & Hout).
  destruct (cuts_exist eps Heps) as (B & HB). destruct (paths_growth B mu' ltac:(lra)) as (D & HD).
  apply (uniform_steps f lo hi N eps Hf Heps). intros (d & Hd & Hsteps).
  destruct (nat_above ((hi - lo) / d)) as [m Hm].
  assert (Hlen : hi - lo <= INR (S m) * d).
  { rewrite S_INR. apply (Rmult_lt_compat_r d) in Hm; [|exact Hd]. unfold Rdiv in Hm.
    rewrite Rmult_assoc, Rinv_l in Hm by lra. lra. }
  destruct (Hout (INR (S m) * (1 + D (rank 0) * v 0%nat))) as (n & E & [HE Hsep] & Hmany).
  destruct (HB n 0%nat Hvertices) as (C & HC & HClen).
  assert (Hcount : (length E <= S m * S (length C))%nat).
  { apply (few_pieces f (N + n) eps d (S (length C)) m lo hi Hlen).
    - intros s t Hs Ht Hst. apply (few_later f N n eps s t (a 0%nat) (b 0%nat)).
      + intros x y i Hx Hy Hi. apply Hsteps; try lra; [|exact Hi]. apply Rabs_le. lra.
      + intros x Hx. apply Hcore. lra.
      + apply few_cuts, HC.
    - intros x Hx. apply (HE x Hx 0%nat).
    - apply (pairs_impl (apart f n eps)); [|exact Hsep]. intros x y _ _ (k & Hk & Hdist). exists k.
      split; [lia|exact Hdist]. }
  apply le_INR in Hcount. rewrite mult_INR in Hcount. apply le_INR in HClen.
  specialize (HD n 0%nat Hvertices).
  rewrite (S_INR (length C)) in Hcount. pose proof (pow_R1_Rle mu' n ltac:(lra)) as Hpow.
  pose proof (pos_INR (S m)) as Hm0. set (K := D (rank 0) * v 0%nat) in *.
  assert (Hbound : INR (S m) * (INR (length C) + 1) <= INR (S m) * ((1 + K) * mu' ^ n)).
  { apply Rmult_le_compat_l; [exact Hm0|]. lra. }
  lra.
Qed.
End Graph.
