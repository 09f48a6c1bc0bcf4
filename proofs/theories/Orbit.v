(* Orbits of a map that can be evaluated exactly at rational points, followed with rounding.

   A point is followed as a rational q with a radius e / 2^bits around it. Numbers with a short denominator
   are not rounded, so that the orbits of simple points stay exact; the radius grows by the Lipschitz
   constant. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals.
From Certify Require Import Dynamics Iterates Rational.
Local Open Scope R_scope.

(* what can be computed of a map f *)
Record evaluator := Evaluator { eval : Q -> Q; lipschitz : Z }.

Record evaluates (e : evaluator) (f : R -> R) : Prop := Evaluates {
  eval_correct : forall q, f (Q2R q) = Q2R (eval e q);
  lipschitz_correct : forall x y, Rabs (f x - f y) <= IZR (lipschitz e) * Rabs (x - y) }.

Section Orbit.
Variables (e : evaluator) (bits : positive).

Definition ball := (Q * Z)%type.
Definition center (b : ball) : Q := fst b.
Definition radius (b : ball) : Q := snd b # (2 ^ bits).

Definition step (b : ball) : ball :=
  let (q, r) := round bits (eval e (fst b)) in (q, (lipschitz e * snd b + r)%Z).

Fixpoint steps (n : nat) (b : ball) : ball := match n with O => b | S k => steps k (step b) end.

Fixpoint leaps (m n : nat) (b : ball) : ball := match n with O => b | S k => leaps m k (steps m b) end.

(* x lies in the ball *)
Definition inside (b : ball) (x : R) : Prop := Rabs (x - Q2R (center b)) <= Q2R (radius b).

Definition lower (b : ball) : Q := if (snd b =? 0)%Z then center b else center b - radius b.
Definition upper (b : ball) : Q := if (snd b =? 0)%Z then center b else center b + radius b.

Lemma inside_bounds b x : inside b x -> Q2R (lower b) <= x <= Q2R (upper b).
Proof.
  unfold inside, lower, upper, radius. intro H.
  pose proof (Rle_abs (x - Q2R (center b))). pose proof (Rle_abs (- (x - Q2R (center b)))).
  rewrite Rabs_Ropp in *. destruct (Z.eqb_spec (snd b) 0) as [E|E].
  - rewrite E, Q2R_make in H. unfold Rdiv in H. lra.
  - rewrite Q2R_minus, Q2R_plus. lra.
Qed.

Variable f : R -> R.
Hypothesis Hf : evaluates e f.

Lemma step_inside b x : inside b x -> inside (step b) (f x).
Proof.
  destruct b as [q r]. unfold inside, step, center, radius. cbn [fst snd]. intro H.
  pose proof (round_error bits (eval e q)) as E. destruct (round bits (eval e q)) as [q' r'].
  cbn [fst snd] in *. rewrite <- (eval_correct e f Hf) in E.
  pose proof (lipschitz_correct e f Hf x (Q2R q)) as L.
  assert (0 <= IZR (lipschitz e)) as Hk.
  { pose proof (lipschitz_correct e f Hf 1 0) as P. rewrite Rminus_0_r, Rabs_R1 in P.
    pose proof (Rabs_pos (f 1 - f 0)). lra. }
  replace (f x - Q2R q') with ((f x - f (Q2R q)) + (f (Q2R q) - Q2R q')) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Q2R_make in *. rewrite plus_IZR, mult_IZR.
  set (P := IZR (Zpos (2 ^ bits))) in *.
  replace ((IZR (lipschitz e) * IZR r + IZR r') / P) with (IZR (lipschitz e) * (IZR r / P) + IZR r' / P)
    by (unfold Rdiv; ring).
  nra.
Qed.

Lemma steps_inside n : forall b x, inside b x -> inside (steps n b) (iter n f x).
Proof.
  induction n as [|n IH]; intros b x H; auto. rewrite iter_S. cbn [steps]. apply IH, step_inside, H.
Qed.

Lemma leaps_inside m n : forall b x, inside b x -> inside (leaps m n b) (iter (n * m) f x).
Proof.
  induction n as [|n IH]; intros b x H; auto. cbn [leaps].
  replace (S n * m)%nat with (n * m + m)%nat by lia. rewrite iter_add. apply IH, steps_inside, H.
Qed.

Lemma start_inside q : inside (q, 0%Z) (Q2R q).
Proof.
  unfold inside, center, radius. cbn [fst snd]. rewrite Rminus_diag_eq, Rabs_R0, Q2R_make by reflexivity.
  unfold Rdiv; lra.
Qed.
End Orbit.

(* ---- with enough bits nothing is rounded ---- *)

Fixpoint exact (e : evaluator) (n : nat) (q : Q) : Q := match n with O => q | S k => exact e k (eval e q) end.

Lemma exact_correct e f : evaluates e f -> forall n q, iter n f (Q2R q) = Q2R (exact e n q).
Proof.
  intros Hf n. induction n as [|n IH]; intro q; auto.
  rewrite iter_S, (eval_correct e f Hf). apply IH.
Qed.

Fixpoint longest (e : evaluator) (n : nat) (q : Q) : positive :=
  match n with O => 1%positive | S k => Pos.max (Pos.size (Qden (eval e q))) (longest e k (eval e q)) end.

Lemma steps_exact e bits n : forall q, (longest e n q <= bits)%positive ->
  steps e bits n (q, 0%Z) = (exact e n q, 0%Z).
Proof.
  induction n as [|n IH]; intros q H; auto. cbn [longest steps exact] in *. unfold step. cbn [fst snd].
  rewrite round_exact by lia. rewrite Z.mul_0_r. apply IH. lia.
Qed.

Lemma exact_add e m n : forall q, exact e (m + n) q = exact e n (exact e m q).
Proof. induction m as [|m IH]; intro q; simpl; auto. Qed.

Lemma longest_add e m n : forall q,
  longest e (m + n) q = Pos.max (longest e m q) (longest e n (exact e m q)).
Proof.
  induction m as [|m IH]; intro q; cbn [Nat.add longest exact]; [lia|]. rewrite IH. lia.
Qed.

Lemma leaps_exact e bits m n : forall q, (longest e (n * m) q <= bits)%positive ->
  leaps e bits m n (q, 0%Z) = (exact e (n * m) q, 0%Z).
Proof.
  induction n as [|n IH]; intros q H; auto. cbn [leaps]. cbn [Nat.mul] in *. rewrite longest_add in H.
  rewrite steps_exact, exact_add by lia. apply IH. lia.
Qed.
