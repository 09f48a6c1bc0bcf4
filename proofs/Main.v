(* What is proved, from the axioms that the last line prints.  The notions are defined in theories/Dynamics.v,
   those of entropy and of regions at the heads of Entropy.v and Regions.v, those for maps of R^d in Spaces.v
   and Vectors.v; what networks and knots mean is in Network.v, PiecewiseLinear.v and VectorMaps.v. *)

From Certify Require Import LiYorke OddCertificate Completeness Order Line Entropy Misiurewicz.
From Certify Require Import Certificates CertificateCompleteness EntropyCertificates RegionCertificate.
From Certify Require Import BlockCertificate.
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

(* ---- Networks and piecewise-linear maps: the checks are correct and, but for entropy, complete ---- *)
Theorem chaos_checked m lo hi : valid m = true -> real lo <= real hi ->
  (exists c, chaos_on_interval_check m (lo, hi) c = true) <->
  selfmap (map_sem m) (real lo) (real hi) /\ chaotic (map_sem m) (real lo) (real hi).
Proof. exact (chaos_on_interval_iff m lo hi). Qed.
Theorem order_checked m lo hi j : valid m = true -> real lo <= real hi ->
  (exists core_steps mesh, order_on_interval_check m (lo, hi) (Order j core_steps mesh) = true) <->
  selfmap (map_sem m) (real lo) (real hi) /\ ordered (map_sem m) (real lo) (real hi) (2 ^ j).
Proof. exact (order_on_interval_iff m lo hi j). Qed.
Theorem entropy_checked m lo hi c d : entropy_lower_check m (lo, hi) c && self_map m (lo, hi) = true ->
  entropy_upper_check m (lo, hi) d = true ->
  entropy_ge_ln (map_sem m) (real lo) (real hi) (real (growth_of c)) /\
  entropy_le_ln (map_sem m) (real lo) (real hi) (real (bound_of d)).
Proof. split; [apply entropy_on_interval|apply entropy_bound_on_interval]; assumption. Qed.
Theorem regions_checked m lo hi c : valid m = true -> real lo < real hi ->
  (regions_on_interval_check m lo hi c = true <->
   selfmap (map_sem m) (real lo) (real hi) /\ region_counts (map_sem m) (real lo) (real hi) (counts_of c)).
Proof. exact (regions_on_interval_iff m lo hi c). Qed.

(* ---- Several dimensions: chaos on a compact set, by block horseshoes; f(x) = A x + W relu(C x + e) + h ---- *)
Theorem horseshoe_checked d p c : horseshoe_check d (Recurrent p) c = true ->
  chaotic_in_space d (plrnn_sem p) (real (growth_of_blocks c)).
Proof. exact (block_horseshoe d (Recurrent p) c). Qed.
Theorem horseshoe_of_layers_checked d net c : horseshoe_check d (Layers net) c = true ->
  chaotic_in_space d (layers_sem net) (real (growth_of_blocks c)).
Proof. exact (block_horseshoe d (Layers net) c). Qed.

Definition everything := (li_yorke, odd_chaos, chaos_has_certificate, chaos_is_positive_entropy,
  order_iff_no_cycle, order_on_the_line, chaos_checked, order_checked, entropy_checked, regions_checked,
  horseshoe_checked, horseshoe_of_layers_checked).
Print Assumptions everything.
