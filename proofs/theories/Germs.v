(* One-sided slopes. A germ is a point with a side; a piecewise-affine function has a slope at each germ,
   slopes multiply along compositions, and a break is a point with two different slopes. *)

From Coq Require Import Reals Lra.
From Certify Require Import Regions.
Local Open Scope R_scope.

Inductive side := Left | Right.

Definition opposite (d : side) : side := match d with Left => Right | Right => Left end.

Definition sign (d : side) : R := match d with Left => -1 | Right => 1 end.

(* F has slope s on the side d of y. *)
Definition has_slope (F : R -> R) (y : R) (d : side) (s : R) : Prop :=
  exists e, 0 < e /\ forall h, 0 <= h < e -> F (y + sign d * h) = F y + s * (sign d * h).

Lemma has_slope_unique F y d s s' : has_slope F y d s -> has_slope F y d s' -> s = s'.
Proof.
  intros [e [He H]] [e' [He' H']]. set (h := Rmin e e' / 2).
  assert (Hh : 0 < h < e /\ h < e').
  { pose proof (Rmin_pos e e' He He'). pose proof (Rmin_l e e'). pose proof (Rmin_r e e'). unfold h. lra. }
  specialize (H h ltac:(lra)). specialize (H' h ltac:(lra)).
  apply (Rmult_eq_reg_r (sign d * h)); [lra|]. destruct d; simpl; lra.
Qed.

Lemma affine_near_slope F y s c e : 0 < e -> (forall x, Rabs (x - y) < e -> F x = s * x + c) ->
  forall d, has_slope F y d s.
Proof.
  intros He H d. exists e. split; [exact He|]. intros h Hh. rewrite !H; [ring| |].
  - apply near_center, He.
  - apply Rabs_def1; destruct d; simpl; lra.
Qed.

Theorem break_iff_slopes F y l r : has_slope F y Left l -> has_slope F y Right r -> (break F y <-> l <> r).
Proof.
  intros [e [He Hl]] [e' [He' Hr]]. split.
  - intros H <-. apply H. exists l, (F y - l * y), (Rmin e e'). split; [apply Rmin_pos; auto|].
    intros x Hx. pose proof (Rmin_l e e'). pose proof (Rmin_r e e'). apply Rabs_def2 in Hx.
    destruct (Rle_lt_dec y x) as [h|h].
    + specialize (Hr (x - y) ltac:(lra)). simpl in Hr. replace (y + 1 * (x - y)) with x in Hr by ring. lra.
    + specialize (Hl (y - x) ltac:(lra)). simpl in Hl. replace (y + -1 * (y - x)) with x in Hl by ring. lra.
  - intros Hne [s [c [e'' [He'' H]]]]. pose proof (affine_near_slope F y s c e'' He'' H) as Hs. apply Hne.
    rewrite (has_slope_unique F y Left l s), (has_slope_unique F y Right r s); auto.
    + exists e'; auto.
    + exists e; auto.
Qed.

(* ---- Compositions ---- *)

Lemma has_slope_ext F G y d s : (forall x, F x = G x) -> has_slope F y d s -> has_slope G y d s.
Proof. intros E [e [He H]]. exists e. split; [exact He|]. intros h Hh. rewrite <- !E. apply H, Hh. Qed.

Lemma has_slope_flat F G y d : has_slope F y d 0 -> has_slope (fun x => G (F x)) y d 0.
Proof.
  intros [e [He H]]. exists e. split; [exact He|]. intros h Hh. rewrite H by exact Hh.
  rewrite !Rmult_0_l, !Rplus_0_r. reflexivity.
Qed.

Lemma has_slope_comp F G y d s d' s' : has_slope F y d s -> 0 < s * (sign d * sign d') ->
  has_slope G (F y) d' s' -> has_slope (fun x => G (F x)) y d (s * s').
Proof.
  intros [e [He H]] Hs [e' [He' H']]. set (k := s * (sign d * sign d')) in *.
  exists (Rmin e (e' / k)). split.
  - apply Rmin_pos; [exact He|]. apply Rdiv_lt_0_compat; auto.
  - intros h Hh. pose proof (Rmin_l e (e' / k)). pose proof (Rmin_r e (e' / k)).
    assert (Ek : s * sign d = k * sign d') by (unfold k; destruct d, d'; simpl; ring).
    rewrite H by lra. replace (F y + s * (sign d * h)) with (F y + sign d' * (k * h))
      by (replace (s * (sign d * h)) with (s * sign d * h) by ring; rewrite Ek; ring).
    rewrite H'.
    + replace (s * s' * (sign d * h)) with (s * sign d * (s' * h)) by ring. rewrite Ek. ring.
    + split; [apply Rmult_le_pos; lra|]. replace e' with (k * (e' / k)) by (field; lra).
      apply Rmult_lt_compat_l; lra.
Qed.
