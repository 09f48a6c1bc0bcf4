(* Certificates of region counts, for generated proofs to import: the numbers of linear regions of f, f^2,
   ..., for networks and piecewise-linear maps. *)

From Coq Require Import Reals Lra ZArith QArith Qreals List Bool.
From Certify Require Export Certificates Regions.
From Certify Require Import Rational Pieces Images RegionCheck.
Local Open Scope R_scope.

Inductive region_certificate := RegionCount (counts : list Z).

Definition counts_of (c : region_certificate) : list Z := let 'RegionCount counts := c in counts.

Definition regions_on_interval_check (m : map_data) (lo hi : Q) (c : region_certificate) : bool :=
  self_map m (lo, hi) &&
  match pieces_on m (lo, hi) with Some t => check_regions t lo hi (counts_of c) | None => false end.

Theorem regions_on_interval m lo hi c : regions_on_interval_check m lo hi c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ region_counts (map_sem m) (real lo) (real hi) (counts_of c).
Proof.
  rewrite !real_Q2R. unfold regions_on_interval_check. rewrite andb_true_iff. intros [Hself Hcheck].
  pose proof (self_map_sound m (lo, hi) Hself) as Hs. split; [exact Hs|].
  destruct (pieces_on m (lo, hi)) as [t|] eqn:T; [|discriminate].
  destruct (lessP lo hi) as [Hlohi|Hno].
  - destruct (pieces_on_correct m (lo, hi) t T) as [J [_ E]]; [unfold contains; simpl; lra|].
    apply (check_regions_correct (map_sem m) t J lo hi); auto.
  - unfold check_regions in Hcheck. destruct (lessP lo hi); [contradiction|discriminate].
Qed.

Definition regions_on_line_check (m : map_data) (c : region_certificate) : bool :=
  match map_pieces m None None with Some t => check_regions_line t (counts_of c) | None => false end.

Theorem regions_on_line m c : regions_on_line_check m c = true ->
  region_counts_line (map_sem m) (counts_of c).
Proof.
  unfold regions_on_line_check. destruct (map_pieces m None None) as [t|] eqn:T; [|discriminate].
  destruct (map_pieces_correct m None None t 0 T I I) as [J [_ E]].
  intro H. apply (check_regions_line_correct (map_sem m) t J _ H). intro x. apply E; exact I.
Qed.

(* ---- Right counts pass ---- *)

Theorem regions_on_interval_iff m lo hi c : valid m = true -> real lo < real hi ->
  (regions_on_interval_check m lo hi c = true <->
   selfmap (map_sem m) (real lo) (real hi) /\ region_counts (map_sem m) (real lo) (real hi) (counts_of c)).
Proof.
  intros V Hlohi. split; [apply regions_on_interval|]. rewrite !real_Q2R in *. intros [Hs C].
  unfold regions_on_interval_check. apply andb_true_iff. split.
  - apply self_map_complete; [exact V|apply Rlt_le, Hlohi|exact Hs].
  - destruct (map_pieces_exist m (Some lo) (Some hi) V) as [t T]. unfold pieces_on. cbn [fst snd]. rewrite T.
    destruct (pieces_on_correct m (lo, hi) t T) as [J [_ E]]; [unfold contains; simpl; lra|].
    apply (check_regions_complete (map_sem m) t J lo hi); auto.
Qed.

Theorem regions_on_line_iff m c : valid m = true ->
  (regions_on_line_check m c = true <-> region_counts_line (map_sem m) (counts_of c)).
Proof.
  intro V. split; [apply regions_on_line|]. intro C. unfold regions_on_line_check.
  destruct (map_pieces_exist m None None V) as [t T]. rewrite T.
  destruct (map_pieces_correct m None None t 0 T I I) as [J [_ E]].
  apply (check_regions_line_complete (map_sem m) t J); [|exact C]. intro x. apply E; exact I.
Qed.
