(* The checks are complete: on an interval that a network or a piecewise-linear map maps into itself, some
   certificate of chaos passes if and only if the map is chaotic there, and some mesh passes at a level if and
   only if the map is ordered with that level.  On the line the same holds for chaos, and for order from level
   1 on. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Continuity Order Completeness.
From Certify Require Import Rational Pieces Images Orbit OddCheck Mesh MeshComplete.
From Certify Require Import LineMesh LineMeshComplete Maps Verdicts Certificates.
Local Open Scope R_scope.

Notation chaos_on_interval_check := (interval_check_with map_evaluator).
Notation chaos_on_line_check := (line_check_with map_evaluator).

Theorem chaos_on_interval_iff m lo hi : valid m = true -> real lo <= real hi ->
  (exists c, chaos_on_interval_check m (lo, hi) c = true) <->
  selfmap (map_sem m) (real lo) (real hi) /\ chaotic (map_sem m) (real lo) (real hi).
Proof.
  intros V HJ. split; [intros [c H]; apply (chaos_on_interval m lo hi c H)|]. rewrite !real_Q2R in *.
  intros [Hs C].
  destruct (map_evaluator_exists m V) as [e E]. pose proof (map_evaluator_correct m e E) as He.
  destruct (odd_return_complete e (map_sem m) (Q2R lo) (Q2R hi) He)
    as (level & x & bits & [Hlo Hhi] & H); auto.
  { apply continuity_on, map_continuous, V. }
  exists (OddReturn level 3 x bits). unfold interval_check_with, line_check_with.
  cbn [start chaos_check fst snd].
  rewrite E, H, (self_map_complete m (lo, hi) V HJ Hs).
  destruct (leqP lo x), (leqP x hi); auto; lra.
Qed.

Theorem chaos_on_line_iff m : valid m = true ->
  (exists c, chaos_on_line_check m c = true) <-> exists lo hi, chaotic (map_sem m) lo hi.
Proof.
  intro V. split; [intros [c H]; apply (chaos_on_line m c H)|]. intros (lo & hi & _ & n & p & _ & L & Hn).
  destruct (map_evaluator_exists m V) as [e E]. pose proof (map_evaluator_correct m e E) as He.
  destruct (odd_return_complete_line e (map_sem m) n p He (map_continuous m V) L Hn)
    as (level & x & bits & H).
  exists (OddReturn level 3 x bits). unfold line_check_with. rewrite E. exact H.
Qed.

Theorem order_on_interval_iff m lo hi level : valid m = true -> real lo <= real hi ->
  (exists core_steps mesh, order_on_interval_check m (lo, hi) (Order level core_steps mesh) = true) <->
  selfmap (map_sem m) (real lo) (real hi) /\ ordered (map_sem m) (real lo) (real hi) (2 ^ level).
Proof.
  intros V HJ. split.
  - intros (core_steps & mesh & H). apply (order_on_interval m lo hi (Order level core_steps mesh)).
    rewrite V. exact H.
  - rewrite !real_Q2R in *. intros [Hs O]. exists 0%nat.
    unfold order_on_interval_check, order_check, pieces_on.
    destruct (map_pieces_exist m (Some lo) (Some hi) V) as [t T]. cbn [fst snd]. rewrite T.
    destruct (pieces_on_correct m (lo, hi) t T) as [Hj [Hr E]]; [split; cbn [fst snd]; lra|].
    pose proof (continuity_on _ (Q2R lo) (Q2R hi) (map_continuous m V)) as C.
    pose proof (proj1 (order_iff _ _ _ _ (pow2_pos level) C Hs) O) as G.
    destruct (mesh_check_complete t (2 ^ level) (map_sem m) (lo, hi) Hj E Hs HJ G) as [mesh Hmesh].
    exists mesh. rewrite Hmesh, (maps_into_complete t (map_sem m) (lo, hi) Hj Hr E HJ Hs).
    destruct (leqP lo hi); auto.
Qed.

(* At level 0 a map that exchanges the infinities has no certificate, though it can be ordered: x -> -x/2. *)
Theorem order_on_line_iff m level : valid m = true -> (0 < level)%nat ->
  (exists core_steps mesh, order_on_line_check m (OrderOnLine level core_steps mesh) = true) <->
  ordered_line (map_sem m) (2 ^ level).
Proof.
  intros V Hl. split.
  - intros (core_steps & mesh & H). apply (order_on_line m (OrderOnLine level core_steps mesh) H).
  - intros [_ [HP _]]. exists 0%nat. unfold order_on_line_check.
    destruct (map_pieces_exist m None None V) as [t T]. rewrite T.
    destruct (map_pieces_correct m None None t 0 T I I) as [Hj [_ E]].
    apply (line_check_complete t (2 ^ level) (map_sem m) Hj (fun x => E x I I)).
    + intros x Ex. destruct (least_period_exists (map_sem m) (2 * 2 ^ level) x) as [k [Lk _]]; auto.
      { pose proof (pow2_pos level). lia. }
      destruct (HP x k Lk) as [q ->]. apply periodic_mult, Lk.
    + destruct level as [|level]; [lia|]. apply orb_true_iff. right.
      rewrite Nat.pow_succ_r', Nat.even_mul. reflexivity.
Qed.

(* every periodic orbit of rational points whose period is not a power of 2 passes *)
Theorem periodic_orbit_passes m q n : valid m = true -> least_period (map_sem m) n (Q2R q) ->
  (forall i, n <> (2 ^ i)%nat) -> exists orbit, chaos_on_line_check m (PeriodicOrbit orbit) = true.
Proof.
  intros V L Hn. destruct (map_evaluator_exists m V) as [e E]. pose proof (map_evaluator_correct m e E) as He.
  destruct (CycleCheck.cycle_complete e _ He n q L Hn) as (k & _ & H).
  eexists. unfold line_check_with. rewrite E. exact H.
Qed.
