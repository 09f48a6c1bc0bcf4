(* Affine forms in the coordinates of a cube: their ranges and Lipschitz constants, and that a point is known by
   its values on d independent forms. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Bends Vectors VectorMaps AffineForms BlockCheck CrossForm.
Import ListNotations.
Local Open Scope R_scope.

Section Coordinates.
Variable d : nat.

Definition vector_of (w : nat -> R) : list R := map w (seq 0 d).

Lemma nth_vector w k : (k < d)%nat -> nth k (vector_of w) 0 = w k.
Proof.
  intro Hk. unfold vector_of. rewrite (nth_indep _ 0 (w 0%nat)) by (rewrite map_length, seq_length; exact Hk).
  rewrite map_nth, seq_nth by exact Hk. reflexivity.
Qed.

Lemma nth_vector_over w k : (d <= k)%nat -> nth k (vector_of w) 0 = 0.
Proof. intro Hk. apply nth_overflow. unfold vector_of. rewrite map_length, seq_length. exact Hk. Qed.

Lemma distance_vectors r w w' : 0 <= r -> near d r w w' -> distance (vector_of w) (vector_of w') <= r.
Proof.
  intros Hr Hw. apply distance_le. split; [exact Hr|]. intro k. destruct (Nat.lt_ge_cases k d) as [Hk|Hk].
  - rewrite !nth_vector by exact Hk. apply Hw, Hk.
  - rewrite !nth_vector_over by exact Hk. rewrite Rminus_eq_0, Rabs_R0. exact Hr.
Qed.

Lemma norm_vector r w : 0 <= r -> within d r w -> norm (vector_of w) <= r.
Proof.
  intros Hr Hw. apply norm_le. split; [exact Hr|]. intro k. destruct (Nat.lt_ge_cases k d) as [Hk|Hk].
  - rewrite nth_vector by exact Hk. apply Hw, Hk.
  - rewrite nth_vector_over, Rabs_R0 by exact Hk. exact Hr.
Qed.

(* ---- Forms in coordinates ---- *)

Lemma nth_forms_at F y k : nth k (forms_at F y) 0 = linear_R (fst F) y (form k F).
Proof.
  unfold forms_at, form. rewrite <- (map_nth (linear_R (fst F) y)). f_equal.
  unfold linear_R. cbn. pose proof (pos_R (fst F)). field. lra.
Qed.

Lemma tame_form D e a : IZR (entry_size e) <= a * IZR (Zpos D) ->
  tame d a (fun w => linear_R D (vector_of w) e).
Proof.
  destruct e as [c k]. unfold entry_size. cbn [fst snd]. rewrite plus_IZR, abs_IZR. intro H.
  pose proof (pos_R D) as HD. pose proof (Rabs_pos (IZR k)) as Hk.
  assert (Hdiv : forall v b, Rabs v <= b * IZR (Zpos D) -> Rabs (v / IZR (Zpos D)) <= b).
  { intros v b Hv. unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (apply Rle_ge, Rlt_le,
      Rinv_0_lt_compat, HD).
    apply (Rmult_le_reg_r (IZR (Zpos D))); [exact HD|]. rewrite Rmult_assoc, Rinv_l; lra. }
  split; unfold linear_R; cbn [fst snd].
  - intros w Hw. apply Hdiv. eapply Rle_trans; [apply Rabs_triang|].
    pose proof (dot_size c (vector_of w) (norm_vector 1 w Rle_0_1 Hw)). lra.
  - intros r w w' Hr Hw.
    replace ((dot_R c (vector_of w) + IZR k) / IZR (Zpos D) - (dot_R c (vector_of w') + IZR k) / IZR (Zpos D))
      with ((dot_R c (vector_of w) - dot_R c (vector_of w')) / IZR (Zpos D)) by (field; lra).
    apply Hdiv. eapply Rle_trans; [apply dot_lipschitz|].
    pose proof (distance_vectors r w w' Hr Hw). pose proof (size_nonneg c).
    pose proof (distance_pos (vector_of w) (vector_of w')). nra.
Qed.

Lemma dot_minus_unit D k : forall c y, dot_R (minus_unit k D c) y = dot_R c y - IZR (Zpos D) * nth k y 0.
Proof.
  induction k as [|k IH]; intros c y; rewrite <- ?nth_tl.
  - destruct c as [|a c], y as [|v y]; cbn [minus_unit dot_R nth]; try ring.
    + change (Zneg D) with (- Zpos D)%Z. rewrite opp_IZR. ring.
    + rewrite minus_IZR. ring.
  - destruct c as [|a c]; cbn [minus_unit]; rewrite dot_cons, IH.
    + destruct y; simpl; ring.
    + rewrite (dot_cons a c). ring.
Qed.

(* ---- Independent forms ---- *)

Definition coordinates (B : block) (x : list R) : list R :=
  let 'Block over rows _ _ := B in map (linear_R over x) rows.

Lemma independent B x y : good_block d B = true -> length x = d -> length y = d ->
  (forall k, (k < d)%nat -> nth k (coordinates B x) 0 = nth k (coordinates B y) 0) -> x = y.
Proof.
  destruct B as [over rows io inv]. unfold good_block, coordinates.
  rewrite <- andb_lazy_alt, andb_true_iff, Nat.eqb_eq, forallb_forall.
  intros [Hrows Hinv] Hx Hy H. set (D := (io * over)%positive) in *.
  assert (E : map (linear_R over x) rows = map (linear_R over y) rows).
  { apply (nth_ext _ _ 0 0); rewrite !map_length; [reflexivity|]. intros k Hk. apply H. rewrite <- Hrows.
    exact Hk. }
  pose proof (pos_R D) as HD. set (delta := distance x y). pose proof (distance_pos x y) as Hpos.
  fold delta in Hpos.
  assert (Hle : delta <= (IZR (Zpos D) - 1) / IZR (Zpos D) * delta).
  { assert (HD1 : 1 <= IZR (Zpos D)) by (apply IZR_le; lia).
    assert (Hcoef : 0 <= (IZR (Zpos D) - 1) / IZR (Zpos D)) by (apply Rmult_le_pos;
      [lra|apply Rlt_le, Rinv_0_lt_compat, HD]).
    unfold delta at 1. apply distance_le. split; [nra|]. intro k.
    destruct (Nat.lt_ge_cases k d) as [Hk|Hk];
      [|rewrite !nth_overflow by lia; rewrite Rminus_eq_0, Rabs_R0; nra].
    specialize (Hinv k ltac:(apply in_seq; lia)). apply Z.ltb_lt, Z.le_succ_l, IZR_le in Hinv.
    rewrite succ_IZR in Hinv.
    set (e := mix (nth k inv []) rows) in *. set (c := minus_unit k D (fst e)) in *.
    assert (Ee : dot_R (fst e) x = dot_R (fst e) y).
    { pose proof (mix_correct over x (nth k inv []) rows) as Ex.
      pose proof (mix_correct over y (nth k inv []) rows) as Ey.
      rewrite E, <- Ey in Ex. fold e in Ex. unfold linear_R in Ex. pose proof (pos_R over).
      apply (Rmult_eq_compat_r (IZR (Zpos over))) in Ex. unfold Rdiv in Ex.
      rewrite !Rmult_assoc, !Rinv_l in Ex by lra. lra. }
    pose proof (dot_lipschitz c x y) as Hc. unfold c in Hc at 1 2. rewrite !dot_minus_unit, Ee in Hc.
    replace (dot_R (fst e) y - IZR (Zpos D) * nth k x 0 - (dot_R (fst e) y - IZR (Zpos D) * nth k y 0))
      with (IZR (Zpos D) * - (nth k x 0 - nth k y 0)) in Hc by ring.
    rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (IZR (Zpos D))) in Hc by lra. fold delta in Hc.
    apply (Rmult_le_reg_l (IZR (Zpos D))); [exact HD|].
    replace (IZR (Zpos D) * ((IZR (Zpos D) - 1) / IZR (Zpos D) * delta)) with ((IZR (Zpos D) - 1) * delta)
      by (field; lra).
    eapply Rle_trans; [exact Hc|]. apply Rmult_le_compat_r; lra. }
  apply distance_zero; [congruence|]. fold delta.
  apply (Rmult_le_compat_l (IZR (Zpos D))) in Hle; [|lra].
  replace (IZR (Zpos D) * ((IZR (Zpos D) - 1) / IZR (Zpos D) * delta)) with ((IZR (Zpos D) - 1) * delta) in
    Hle by (field; lra).
  lra.
Qed.
End Coordinates.
