(* Linear regions of a function of one real variable.

   A break is a point near which the function is not affine. A function that is continuous on an interval
   and has n - 1 breaks inside has n linear regions there: maximal intervals on which it is affine. The
   definition says it by the breaks alone; regions_iff_linear_pieces (LinearPieces.v) says that this is the
   same. *)

From Coq Require Import Reals Lra Lia ZArith List.
From Certify Require Import Dynamics Iterates FiniteSets.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Definitions ---- *)

Definition affine_near (F : R -> R) (x : R) : Prop :=
  exists s c d, 0 < d /\ forall y, Rabs (y - x) < d -> F y = s * y + c.

Definition break (F : R -> R) (x : R) : Prop := ~ affine_near F x.

(* F has exactly n linear regions in [lo, hi]; on the line. count P n: the set P has exactly n elements. *)
Definition regions (F : R -> R) (lo hi : R) (n : Z) : Prop :=
  count (fun x => lo < x < hi /\ break F x) (n - 1).

Definition regions_line (F : R -> R) (n : Z) : Prop :=
  count (break F) (n - 1).

(* f, f^2, f^3, ... have so many. *)
Definition region_counts (f : R -> R) (lo hi : R) (counts : list Z) : Prop :=
  forall t n, nth_error counts t = Some n -> regions (iter (S t) f) lo hi n.

Definition region_counts_line (f : R -> R) (counts : list Z) : Prop :=
  forall t n, nth_error counts t = Some n -> regions_line (iter (S t) f) n.

(* ---- The numbers are unique ---- *)

Lemma regions_unique F lo hi m n : regions F lo hi m -> regions F lo hi n -> m = n.
Proof. intros Hm Hn. pose proof (count_unique _ _ _ Hm Hn). lia. Qed.

Lemma region_counts_unique f lo hi a b : length a = length b ->
  region_counts f lo hi a -> region_counts f lo hi b -> a = b.
Proof.
  intros Hlen Ha Hb. apply (nth_ext a b 0%Z 0%Z Hlen). intros k Hk.
  apply (regions_unique (iter (S k) f) lo hi).
  - apply Ha, nth_error_nth'. exact Hk.
  - apply Hb, nth_error_nth'. rewrite <- Hlen. exact Hk.
Qed.

Lemma region_counts_line_unique f a b : length a = length b ->
  region_counts_line f a -> region_counts_line f b -> a = b.
Proof.
  intros Hlen Ha Hb. apply (nth_ext a b 0%Z 0%Z Hlen). intros k Hk.
  enough (nth k a 0%Z - 1 = nth k b 0%Z - 1)%Z by lia. apply (count_unique (break (iter (S k) f))).
  - apply Ha, nth_error_nth'. exact Hk.
  - apply Hb, nth_error_nth'. rewrite <- Hlen. exact Hk.
Qed.

(* ---- Affine near a point ---- *)

Lemma near_center (d x : R) : 0 < d -> Rabs (x - x) < d.
Proof. intro Hd. rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. exact Hd. Qed.

Lemma affine_near_id x : affine_near (fun y => y) x.
Proof. exists 1, 0, 1. split; [lra|]. intros; lra. Qed.

Lemma affine_near_ext F G d x : 0 < d -> (forall y, Rabs (y - x) < d -> F y = G y) ->
  affine_near F x -> affine_near G x.
Proof.
  intros Hd E [s [c [e [He H]]]]. exists s, c, (Rmin d e). split; [apply Rmin_pos; auto|].
  intros y Hy. rewrite <- E.
  - apply H. apply Rlt_le_trans with (1 := Hy), Rmin_r.
  - apply Rlt_le_trans with (1 := Hy), Rmin_l.
Qed.

(* Near x, g is the line s y + c; if s is 0 the composition with any F is constant near x, *)
Lemma affine_near_constant F (g : R -> R) c d x : 0 < d -> (forall y, Rabs (y - x) < d -> g y = c) ->
  affine_near (fun y => F (g y)) x.
Proof.
  intros Hd E. exists 0, (F c), d. split; [exact Hd|]. intros y Hy. rewrite E by exact Hy. ring.
Qed.

Lemma affine_near_comp F g x : affine_near g x -> affine_near F (g x) -> affine_near (fun y => F (g y)) x.
Proof.
  intros [s [c [d [Hd Hg]]]] [s' [c' [d' [Hd' HF]]]].
  assert (Hx : g x = s * x + c) by (apply Hg, near_center, Hd).
  exists (s' * s), (s' * c + c'), (Rmin d (d' / (Rabs s + 1))). pose proof (Rabs_pos s) as Hs. split.
  { apply Rmin_pos; [exact Hd|]. apply Rdiv_lt_0_compat; lra. }
  intros y Hy. pose proof (Rmin_l d (d' / (Rabs s + 1))) as Hl.
  pose proof (Rmin_r d (d' / (Rabs s + 1))) as Hr.
  rewrite HF, Hg; [ring|lra|]. rewrite Hg, Hx by lra.
  replace (s * y + c - (s * x + c)) with (s * (y - x)) by ring. rewrite Rabs_mult.
  apply Rle_lt_trans with ((Rabs s + 1) * Rabs (y - x)); [pose proof (Rabs_pos (y - x)); nra|].
  replace d' with ((Rabs s + 1) * (d' / (Rabs s + 1))) by (field; lra).
  apply Rmult_lt_compat_l; lra.
Qed.

(* and if not, the composition breaks at x where F breaks at g x. *)
Lemma affine_near_line F (g : R -> R) s c d x : s <> 0 -> 0 < d ->
  (forall y, Rabs (y - x) < d -> g y = s * y + c) ->
  (affine_near (fun y => F (g y)) x <-> affine_near F (g x)).
Proof.
  intros Hs Hd Hg. assert (Hx : g x = s * x + c) by (apply Hg, near_center, Hd).
  split; [|intro H; apply affine_near_comp; [exists s, c, d; auto|exact H]].
  intros [k [e [d' [Hd' H]]]]. set (h := fun z => (z - c) / s).
  assert (Eh : h (g x) = x) by (unfold h; rewrite Hx; field; exact Hs).
  apply affine_near_ext with (fun z => F (g (h z))) (Rabs s * d).
  - apply Rmult_lt_0_compat; [apply Rabs_pos_lt; exact Hs|exact Hd].
  - intros z Hz. f_equal. rewrite Hg; [unfold h; field; exact Hs|].
    replace (h z - x) with ((z - g x) / s) by (unfold h; rewrite Hx; field; exact Hs).
    unfold Rdiv. rewrite Rabs_mult, Rabs_inv. pose proof (Rabs_pos_lt s Hs).
    apply (Rmult_lt_reg_r (Rabs s)); [lra|]. rewrite Rmult_assoc, Rinv_l; lra.
  - apply (affine_near_comp (fun y => F (g y)) h).
    + exists (/ s), (- c / s), 1. split; [lra|]. intros y _. unfold h. field. exact Hs.
    + rewrite Eh. exists k, e, d'. auto.
Qed.

Lemma break_iter_S f t x : break (iter (S t) f) x <-> break (fun y => iter t f (f y)) x.
Proof.
  unfold break. split; intros H A; apply H; apply (affine_near_ext _ _ 1 x Rlt_0_1) with (2 := A);
    intros y _; rewrite iter_S; reflexivity.
Qed.

(* Only the values on an invariant interval count. *)
Lemma regions_agree g f lo hi t n : selfmap f lo hi -> (forall x, lo <= x <= hi -> g x = f x) ->
  regions (iter t g) lo hi n -> regions (iter t f) lo hi n.
Proof.
  intros Hself E. apply count_ext. intro x. unfold break.
  enough (Same : lo < x < hi -> (affine_near (iter t g) x <-> affine_near (iter t f) x)) by tauto.
  intro Hx. set (d := Rmin (x - lo) (hi - x)). assert (Hd : 0 < d) by (apply Rmin_pos; lra).
  assert (Agree : forall y, Rabs (y - x) < d -> iter t g y = iter t f y).
  { intros y Hy. unfold d in Hy. apply Rabs_def2 in Hy. pose proof (Rmin_l (x - lo) (hi - x)).
    pose proof (Rmin_r (x - lo) (hi - x)). apply iter_agree with lo hi; auto. lra. }
  split; apply affine_near_ext with d; auto. intros y Hy. symmetry. apply Agree, Hy.
Qed.
