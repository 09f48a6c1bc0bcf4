(* Sequences of blocks are followed: the contraction behind block horseshoes, in coordinates.

   A symbol i is a map F_i from a cube of coordinates w, |w_k| <= 1, k < d.  It is known by two families of
   numbers: enter i w, the coordinates of the point w of the domain N_i in the block where the symbol begins,
   and leave i w, those of its image in the block where it ends.  Of the first u coordinates (the expanding
   ones) leave i w is nearly w itself, of the others enter i w is.  The main parts, enter i w below u and
   leave i w from u on, lie well inside the cube.

   For a two-sided sequence s of symbols we want one w for each time, such that leave (s t) (w t) is
   enter (s (t+1)) (w (t+1)).  In cross form, where the expanding coordinates come from the next symbol and
   the others from the one before,

     w_k = enter (s 1) (w of the next) k - (leave (s 0) w k - w_k)       k < u,
     w_k = leave (s (-1)) (w of the last) k - (enter (s 0) w k - w_k)    u <= k < d,

   these equations are a contraction.  So they have one solution, found by iteration from 0, without any
   choice, and it depends on far symbols little. *)
From Coq Require Import Reals Lra Lia ZArith.
From Certify Require Import FullShift.
Local Open Scope R_scope.

Section CrossForm.
Variables (u d : nat) (enter leave : nat -> (nat -> R) -> nat -> R).

Definition main (i : nat) (w : nat -> R) (k : nat) : R := if (k <? u)%nat then enter i w k else leave i w k.
Definition rest (i : nat) (w : nat -> R) (k : nat) : R :=
  (if (k <? u)%nat then leave i w k else enter i w k) - w k.

Definition within (r : R) (w : nat -> R) : Prop := forall k, (k < d)%nat -> Rabs (w k) <= r.
Definition near (r : R) (w w' : nat -> R) : Prop := forall k, (k < d)%nat -> Rabs (w k - w' k) <= r.

(* Values in [-a, a] on the cube, and the Lipschitz constant a: as of an affine form with |c| + sum |c_j| <= a *)
Definition tame (a : R) (g : (nat -> R) -> R) : Prop :=
  (forall w, within 1 w -> Rabs (g w) <= a) /\
  (forall r w w', 0 <= r -> near r w w' -> Rabs (g w - g w') <= a * r).

Variables a b : R.
Hypothesis Ha : 0 <= a.
Hypothesis Hb : 0 <= b.
Hypothesis Hab : a + b < 1.
Hypothesis main_tame : forall i k, (k < d)%nat -> tame a (fun w => main i w k).
Hypothesis rest_tame : forall i k, (k < d)%nat -> tame b (fun w => rest i w k).

(* The neighbour from which coordinate k comes. *)
Definition side (k : nat) : Z := if (k <? u)%nat then 1%Z else (-1)%Z.

Fixpoint approx (n : nat) (s : Z -> nat) (k : nat) : R :=
  match n with
  | O => 0
  | S n' => main (s (side k)) (approx n' (shift (side k) s)) k - rest (s 0%Z) (approx n' s) k
  end.

Lemma approx_within n : forall s, within 1 (approx n s).
Proof.
  induction n as [|n IH]; intros s k Hk; cbn [approx]; [rewrite Rabs_R0; lra|].
  pose proof (proj1 (main_tame (s (side k)) k Hk) _ (IH (shift (side k) s))) as Hm.
  pose proof (proj1 (rest_tame (s 0%Z) k Hk) _ (IH s)) as Hr.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

(* Sequences that agree on [-n, n] have solutions, and late approximations, that are close. *)
Lemma approx_near n : forall p q s s', (n <= p)%nat -> (n <= q)%nat -> agree n s s' ->
  near (2 * (a + b) ^ n) (approx p s) (approx q s').
Proof.
  induction n as [|n IH]; intros p q s s' Hp Hq Hag k Hk.
  - pose proof (approx_within p s k Hk). pose proof (approx_within q s' k Hk).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. simpl. lra.
  - destruct p as [|p], q as [|q]; try lia. cbn [approx].
    assert (Hpow : 0 <= 2 * (a + b) ^ n) by (pose proof (pow_le (a + b) n ltac:(lra)); lra).
    assert (Hside : (-1 <= side k <= 1)%Z) by (unfold side; destruct (k <? u)%nat; lia).
    rewrite (Hag (side k)), (Hag 0%Z) by lia.
    pose proof (proj2 (main_tame (s' (side k)) k Hk) _ _ _ Hpow
      (IH p q (shift (side k) s) (shift (side k) s') ltac:(lia) ltac:(lia)
        (fun t Ht => Hag (t + side k)%Z ltac:(lia)))) as Hm.
    pose proof (proj2 (rest_tame (s' 0%Z) k Hk) _ _ _ Hpow
      (IH p q s s' ltac:(lia) ltac:(lia) (fun t Ht => Hag t ltac:(lia)))) as Hr.
    cbv beta in Hm, Hr.
    match goal with |- Rabs (?m - ?r - (?m' - ?r')) <= _ => replace (m - r - (m' - r')) with (m - m' + - (r
      - r')) by ring end.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. simpl pow. lra.
Qed.

Lemma power_small eps : 0 < eps -> exists n, 2 * (a + b) ^ n < eps.
Proof.
  intro Heps. destruct (pow_lt_1_zero (a + b) ltac:(rewrite Rabs_right; lra) (eps / 2) ltac:(lra)) as [N HN].
  exists N. specialize (HN N ltac:(lia)). pose proof (pow_le (a + b) N ltac:(lra)).
  rewrite Rabs_right in HN by lra. lra.
Qed.

(* A number that is at most all of these is at most 0. *)
Lemma power_squeeze x C : 0 <= C -> (forall n, x <= C * (2 * (a + b) ^ n)) -> x <= 0.
Proof.
  intros HC Hx. apply Rnot_lt_le. intro Hlt.
  destruct (power_small (x / (C + 1))) as [n Hn]; [apply Rdiv_lt_0_compat; lra|]. specialize (Hx n).
  assert (Hn' : (C + 1) * (2 * (a + b) ^ n) < x).
  { apply (Rmult_lt_compat_l (C + 1)) in Hn; [|lra].
    replace ((C + 1) * (x / (C + 1))) with x in Hn by (field; lra). exact Hn. }
  pose proof (pow_le (a + b) n ltac:(lra)). nra.
Qed.

Lemma approx_cauchy s k : (k < d)%nat -> Cauchy_crit (fun n => approx n s k).
Proof.
  intros Hk eps Heps. destruct (power_small eps Heps) as [N HN]. exists N. intros p q Hp Hq.
  eapply Rle_lt_trans; [apply (approx_near N p q s s Hp Hq (fun t _ => eq_refl) k Hk)|exact HN].
Qed.

(* The solution at time 0; beyond the last coordinate 0. *)
Definition solution (s : Z -> nat) (k : nat) : R :=
  match lt_dec k d with
  | left Hk => proj1_sig (R_complete _ (approx_cauchy s k Hk))
  | right _ => 0
  end.

Lemma solution_limit s k : (k < d)%nat -> Un_cv (fun n => approx n s k) (solution s k).
Proof.
  intro Hk. unfold solution. destruct (lt_dec k d) as [h|h]; [|contradiction].
  destruct (R_complete _ (approx_cauchy s k h)) as [l Hl]. exact Hl.
Qed.

(* What holds of late approximations holds of the limit. *)
Lemma limit_near s k c r n : (k < d)%nat ->
  (forall q, (n <= q)%nat -> Rabs (c - approx q s k) <= r) -> Rabs (c - solution s k) <= r.
Proof.
  intros Hk H. apply Rnot_lt_le. intro Hlt.
  destruct (solution_limit s k Hk (Rabs (c - solution s k) - r) ltac:(lra)) as [N HN].
  specialize (HN (Nat.max n N) ltac:(lia)). specialize (H (Nat.max n N) ltac:(lia)). unfold R_dist in HN.
  pose proof (Rabs_triang (c - approx (Nat.max n N) s k) (approx (Nat.max n N) s k - solution s k)) as Htri.
  replace (c - approx (Nat.max n N) s k + (approx (Nat.max n N) s k - solution s k))
    with (c - solution s k) in Htri by ring. lra.
Qed.

Lemma solution_within s : within 1 (solution s).
Proof.
  intros k Hk. rewrite <- Rabs_Ropp. replace (- solution s k) with (0 - solution s k) by ring.
  apply (limit_near s k 0 1 0 Hk). intros q _.
  replace (0 - approx q s k) with (- approx q s k) by ring. rewrite Rabs_Ropp. apply approx_within, Hk.
Qed.

Lemma solution_approx n s : near (2 * (a + b) ^ n) (approx n s) (solution s).
Proof.
  intros k Hk. apply (limit_near s k _ _ n Hk). intros q Hq.
  apply (approx_near n n q s s); auto. intros t _. reflexivity.
Qed.

Theorem solution_near n s s' : agree n s s' -> near (2 * (a + b) ^ n) (solution s) (solution s').
Proof.
  intros Hag k Hk. apply (limit_near s' k _ _ n Hk). intros q Hq.
  rewrite Rabs_minus_sym. apply (limit_near s k _ _ n Hk). intros p Hp.
  rewrite Rabs_minus_sym. apply (approx_near n p q s s'); assumption.
Qed.

Lemma solution_cross s k : (k < d)%nat ->
  solution s k = main (s (side k)) (solution (shift (side k) s)) k - rest (s 0%Z) (solution s) k.
Proof.
  intro Hk. set (c := main _ _ _ - _). apply Rminus_diag_uniq.
  destruct (Req_dec (solution s k - c) 0) as [E|Hne]; [exact E|exfalso].
  apply Rabs_pos_lt in Hne. revert Hne. apply Rle_not_lt, (power_squeeze _ 2); [lra|]. intro n.
  assert (Hpow : 0 <= 2 * (a + b) ^ n) by (pose proof (pow_le (a + b) n ltac:(lra)); lra).
  pose proof (solution_approx (S n) s k Hk) as H1.
  pose proof (proj2 (main_tame (s (side k)) k Hk) _ _ _ Hpow (solution_approx n (shift (side k) s))) as Hm.
  pose proof (proj2 (rest_tame (s 0%Z) k Hk) _ _ _ Hpow (solution_approx n s)) as Hr.
  cbv beta in Hm, Hr. cbn [approx] in H1.
  set (m' := main _ (approx n _) k) in *. set (r' := rest _ (approx n s) k) in *.
  unfold c. set (m := main _ (solution _) k) in *. set (r := rest _ (solution s) k) in *.
  replace (solution s k - (m - r)) with (- (m' - r' - solution s k) + ((m' - m) + - (r' - r))) by ring.
  pose proof (Rabs_triang (- (m' - r' - solution s k)) ((m' - m) + - (r' - r))) as T1.
  pose proof (Rabs_triang (m' - m) (- (r' - r))) as T2. rewrite Rabs_Ropp in T1, T2. simpl pow in H1. nra.
Qed.

(* The point of the next symbol is the image. *)
Theorem solution_link s k : (k < d)%nat ->
  leave (s 0%Z) (solution s) k = enter (s 1%Z) (solution (shift 1 s)) k.
Proof.
  intro Hk. destruct (Nat.ltb_spec k u) as [Hu|Hu].
  - pose proof (solution_cross s k Hk) as E. unfold side, main, rest in E.
    rewrite (proj2 (Nat.ltb_lt _ _) Hu) in E. lra.
  - pose proof (solution_cross (shift 1 s) k Hk) as E. unfold side, main, rest in E.
    rewrite (proj2 (Nat.ltb_ge _ _) Hu), shift_shift in E. cbn [Z.add] in E.
    change (shift 1 s (-1)%Z) with (s 0%Z) in E. change (shift 1 s 0%Z) with (s 1%Z) in E.
    rewrite shift_0 in E. lra.
Qed.

(* It lies in its block. *)
Corollary solution_inside s k : (k < d)%nat -> Rabs (leave (s 0%Z) (solution s) k) <= a.
Proof.
  intro Hk. destruct (Nat.ltb_spec k u) as [Hu|Hu].
  - rewrite solution_link by exact Hk.
    pose proof (proj1 (main_tame (s 1%Z) k Hk) _ (solution_within (shift 1 s))) as H.
    unfold main in H. rewrite (proj2 (Nat.ltb_lt _ _) Hu) in H. exact H.
  - pose proof (proj1 (main_tame (s 0%Z) k Hk) _ (solution_within s)) as H.
    unfold main in H. rewrite (proj2 (Nat.ltb_ge _ _) Hu) in H. exact H.
Qed.
End CrossForm.
