(* All periods from two intervals (Li and Yorke 1975, Theorem 1, T1).

   K = [a,b] covers L = [b,c], and L covers both.  A loop K L L ... L K of length n then contains a point x
   with f^n x = x that is in K once and in L otherwise; n is its least period unless x is the common end b,
   which the last hypothesis excludes. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Covering.
Local Open Scope R_scope.

Section AllPeriods.
Variables (f : R -> R) (a b c : R).
Hypothesis Hf : continuity f.
Hypothesis Hab : a < b.
Hypothesis Hbc : b < c.
Hypothesis HK : covers f a b b c.
Hypothesis HL : covers f b c a c.
Hypothesis Hb : f b < b \/ f (f b) < b.

Lemma period_one : exists x, a <= x <= c /\ least_period f 1 x.
Proof.
  destruct (covers_fix f b c Hf ltac:(lra)) as [x [Hx E]].
  { apply (covers_sub f b c a c); auto; lra. }
  exists x. split; [lra|]. split; [lia|]. split; [exact E|intros; lia].
Qed.

Lemma period_two_or_more n : (2 <= n)%nat -> exists x, a <= x <= c /\ least_period f n x.
Proof.
  intro Hn.
  pose (inK := fun i => orb (Nat.eqb i 0) (Nat.eqb i n)).
  pose (lo := fun i => if inK i then a else b).
  pose (hi := fun i => if inK i then b else c).
  assert (K0 : inK 0%nat = true) by reflexivity.
  assert (Kn : inK n = true) by (unfold inK; rewrite Nat.eqb_refl; apply Bool.orb_true_r).
  assert (Ki : forall i, (0 < i)%nat -> i <> n -> inK i = false).
  { intros i H0 H1. unfold inK. apply Bool.orb_false_intro; apply Nat.eqb_neq; lia. }
  assert (Hle : forall i, lo i <= hi i) by (intro i; unfold lo, hi; destruct (inK i); lra).
  assert (Hcov : forall i, covers f (lo i) (hi i) (lo (S i)) (hi (S i))).
  { intro i. unfold lo, hi. destruct (inK i) eqn:Ei.
    - (* after K comes L *)
      rewrite Ki; [exact HK|lia|]. unfold inK in Ei. intro e.
      apply Bool.orb_prop in Ei as [Ei|Ei]; apply Nat.eqb_eq in Ei; lia.
    - destruct (inK (S i)); apply (covers_sub f b c a c); auto; lra. }
  destruct (loop_point f lo hi Hf Hle Hcov n) as [x [Ex Hx]].
  { unfold lo; rewrite K0, Kn; auto. }
  { unfold hi; rewrite K0, Kn; auto. }
  assert (HxK : a <= x <= b) by exact (Hx 0%nat ltac:(lia)).
  assert (HxL : forall i, (0 < i < n)%nat -> b <= iter i f x <= c).
  { intros i Hi. specialize (Hx i ltac:(lia)). unfold lo, hi in Hx. rewrite Ki in Hx; auto; lia. }
  exists x. split; [lra|]. split; [lia|]. split; [exact Ex|].
  intros k Hk Ek. pose proof (HxL k Hk) as Hxb. rewrite Ek in Hxb. assert (xb : x = b) by lra.
  pose proof (HxL 1%nat ltac:(lia)) as H1. simpl in H1. rewrite xb in H1.
  destruct Hb as [|Hb2]; [lra|]. destruct (Nat.eq_dec n 2) as [->|Hn2].
  - simpl in Ex. rewrite xb in Ex. lra.
  - pose proof (HxL 2%nat ltac:(lia)) as H2. simpl in H2. rewrite xb in H2. lra.
Qed.

Theorem all_periods : forall n, (0 < n)%nat -> exists x, a <= x <= c /\ least_period f n x.
Proof. intros [|[|n]] Hn; [lia|apply period_one|apply period_two_or_more; lia]. Qed.
End AllPeriods.
