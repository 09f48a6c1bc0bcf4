(* The check of an odd return, g^n(x) <= x < g(x) or its mirror image with g = f^(2^level): sound, and
   complete for every map that has a least period that is not a power of 2. The theorem behind it is that
   of Li, Misiurewicz, Pianigiani and Yorke, 1982. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals Bool.
From Certify Require Import Dynamics Iterates Continuity OddCertificate Completeness Rational Orbit.
Local Open Scope R_scope.

Definition odd_return (e : evaluator) (level n : nat) (x : Q) (bits : positive) : bool :=
  let once := steps e bits (2 ^ level) (x, 0%Z) in
  let last := leaps e bits (2 ^ level) (Nat.pred n) once in
  Nat.odd n &&
  (less x (lower bits once) && leq (upper bits last) x || less (upper bits once) x && leq x
    (lower bits last)).

Theorem odd_return_sound e f level n x bits : evaluates e f -> odd_return e level n x bits = true ->
  Nat.Odd n /\
  ((iter (n * 2 ^ level) f (Q2R x) <= Q2R x < iter (2 ^ level) f (Q2R x)) \/
   (iter (2 ^ level) f (Q2R x) < Q2R x <= iter (n * 2 ^ level) f (Q2R x))).
Proof.
  intro Hf. unfold odd_return. set (m := (2 ^ level)%nat). set (once := steps e bits m (x, 0%Z)).
  set (last := leaps e bits m (Nat.pred n) once).
  rewrite andb_true_iff, orb_true_iff, !andb_true_iff. intros [Ho H].
  apply Nat.odd_spec in Ho. split; auto.
  assert (I1 : inside bits once (iter m f (Q2R x))) by (apply steps_inside, start_inside; auto).
  assert (In : inside bits last (iter (n * m) f (Q2R x))).
  { replace (n * m)%nat with (Nat.pred n * m + m)%nat by (destruct Ho as [k ->]; simpl; lia).
    rewrite iter_add. apply leaps_inside; auto. }
  apply inside_bounds in I1, In.
  destruct H as [[H1 H2]|[H1 H2]]; apply (reflect_true _ _ (lessP _ _)) in H1;
    apply (reflect_true _ _ (leqP _ _)) in H2; [left|right]; lra.
Qed.

(* the strict inequality of Li and Yorke for g, at a rational point, passes without rounding *)
Lemma odd_return_strict e f level x : evaluates e f -> ly_strict (iter (2 ^ level) f) (Q2R x) ->
  odd_return e level 3 x (longest e (3 * 2 ^ level) x) = true.
Proof.
  intros Hf H. unfold odd_return. set (m := (2 ^ level)%nat) in *. set (bits := longest e (3 * m) x).
  assert (Eb : bits = Pos.max (longest e m x) (longest e (2 * m) (exact e m x))) by apply
    (longest_add e m (2 * m)).
  rewrite steps_exact by lia. cbn [Nat.pred]. rewrite leaps_exact by lia.
  rewrite <- exact_add. replace (m + 2 * m)%nat with (3 * m)%nat by lia.
  unfold lower, upper, center. cbn [fst snd Z.eqb]. change (Nat.odd 3) with true. cbn [andb].
  assert (E1 : iter m f (Q2R x) = Q2R (exact e m x)) by (apply exact_correct, Hf).
  assert (E3 : iter m f (iter m f (iter m f (Q2R x))) = Q2R (exact e (3 * m) x)).
  { rewrite <- (exact_correct e f Hf). apply (iter_iter f m 3). }
  unfold ly_strict in H. rewrite E3, E1 in H.
  destruct (lessP x (exact e m x)), (leqP (exact e (3 * m) x) x), (lessP (exact e m x) x),
    (leqP x (exact e (3 * m) x)); auto; lra.
Qed.

Theorem odd_return_complete e f lo hi : evaluates e f -> cont_on f lo hi -> selfmap f lo hi ->
  chaotic f lo hi ->
  exists level x bits, lo <= Q2R x <= hi /\ odd_return e level 3 x bits = true.
Proof.
  intros Hf Hc Hs C. destruct (proj1 (chaotic_iff f lo hi Hc Hs) C) as (level & a & N & Hin & H).
  exists level, (a # N), (longest e (3 * 2 ^ level) (a # N)). split; [exact Hin|].
  apply (odd_return_strict e f); auto.
Qed.

Theorem odd_return_complete_line e f n p : evaluates e f -> continuity f ->
  least_period f n p -> (forall i, n <> (2 ^ i)%nat) -> exists level x bits, odd_return e level 3 x bits =
    true.
Proof.
  intros Hf Hc L Hn. destruct (rational_certificate_exists f n p Hc L Hn) as (level & a & N & H).
  exists level, (a # N), (longest e (3 * 2 ^ level) (a # N)). apply (odd_return_strict e f); auto.
Qed.
