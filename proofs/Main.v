(* What is proved, from the axioms that the last line prints.  The notions are defined in theories/Dynamics.v,
   those of entropy at the head of Entropy.v; networks mean what Network.v says, knots PiecewiseLinear.v. *)

From Certify Require Import LiYorke OddCertificate Completeness Order Line Entropy Misiurewicz Certificates.
Local Open Scope R_scope.

(* ---- Chaos: Li and Yorke 1975; Li, Misiurewicz, Pianigiani and Yorke 1982; Misiurewicz 1979 ---- *)

Theorem li_yorke f x lo hi : cont_on f lo hi -> selfmap f lo hi -> lo <= x <= hi ->
  (f (f (f x)) <= x < f x /\ f x < f (f x)) \/ (f (f x) < f x /\ f x < x <= f (f (f x))) ->
  li_yorke_chaotic f lo hi.
Proof. exact (li_yorke_interval f x lo hi). Qed.

Theorem odd_chaos f j n x lo hi : cont_on f lo hi -> selfmap f lo hi -> lo <= x <= hi -> Nat.Odd n ->
  (iter (n * 2 ^ j) f x <= x < iter (2 ^ j) f x) \/ (iter (2 ^ j) f x < x <= iter (n * 2 ^ j) f x) ->
  chaotic f lo hi.
Proof. exact (fun Hc Hs => odd_chaos_interval f lo hi Hc Hs j x n). Qed.

Theorem chaos_has_certificate f lo hi : cont_on f lo hi -> selfmap f lo hi ->
  (chaotic f lo hi <-> exists j a N,
     let g := iter (2 ^ j) f in let t := IZR a / IZR (Zpos N) in lo <= t <= hi /\
     ((g (g (g t)) < t /\ t < g t /\ g t < g (g t)) \/ (t < g (g (g t)) /\ g t < t /\ g (g t) < g t))).
Proof. exact (chaotic_iff f lo hi). Qed.

Theorem chaos_is_positive_entropy f lo hi : cont_on f lo hi -> selfmap f lo hi ->
  (chaotic f lo hi <-> positive_entropy f lo hi).
Proof. exact (chaotic_iff_positive_entropy f lo hi). Qed.

(* ---- Order: Coppel 1955, on an interval and on the line ---- *)

Theorem order_iff_no_cycle f lo hi j : cont_on f lo hi -> selfmap f lo hi ->
  (ordered f lo hi (2 ^ j) <-> ~ exists x, lo <= x <= hi /\ least_period f (2 ^ S j) x).
Proof. exact (order_iff_no_period f lo hi j). Qed.

Theorem order_on_the_line f m A l c r d : (0 < m)%nat -> continuity f ->
  (forall x, x <= - A -> f x = l * x + c) -> (forall x, A <= x -> f x = r * x + d) ->
  (l < 0 -> r < 0 -> Nat.Even m) ->
  (ordered_line f m <-> forall x, iter (2 * m) f x = x -> iter m f x = x).
Proof. exact (order_line_iff f m A l c r d). Qed.

(* ---- Networks and piecewise-linear maps: what a check that computes to true proves ---- *)

Theorem chaos_checked m lo hi c : chaos_on_interval_check m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ chaotic (map_sem m) (real lo) (real hi).
Proof. exact (chaos_on_interval m lo hi c). Qed.

Theorem order_checked m lo hi c : order_on_interval_check m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ ordered (map_sem m) (real lo) (real hi) (order_of c).
Proof. exact (order_on_interval m lo hi c). Qed.

Definition everything := (li_yorke, odd_chaos, chaos_has_certificate, chaos_is_positive_entropy,
  order_iff_no_cycle, order_on_the_line, chaos_checked, order_checked).
Print Assumptions everything.
