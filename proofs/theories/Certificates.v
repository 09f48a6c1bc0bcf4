(* Certificates of chaos and order for networks and piecewise-linear maps: what generated proofs import.

   Each theorem turns one boolean, which the kernel computes, into a statement about the real map
   [net_sem the_map] or [pl_sem the_map]. *)
From Coq Require Export Reals ZArith QArith List.
From Coq Require Import Qreals Bool.
From Certify Require Export Dynamics Rational Network PiecewiseLinear EndPoints Maps Verdicts.
From Certify Require Import Continuity Iterates Pieces Images Orbit LineMesh.
Export ListNotations.
Local Open Scope R_scope.
Local Open Scope lazy_bool_scope.

(* ---- chaos: with any way to evaluate the map ---- *)

Section Chaos.
Variable evaluator_of : map_data -> option evaluator.
Hypothesis evaluator_correct : forall m e, evaluator_of m = Some e -> evaluates e (map_sem m).

Definition line_check_with (m : map_data) (c : chaos_certificate) : bool :=
  match evaluator_of m with Some e => chaos_check e c | None => false end.

Definition interval_check_with (m : map_data) (J : Q * Q) (c : chaos_certificate) : bool :=
  leq (fst J) (start c) &&& leq (start c) (snd J) &&& self_map m J &&& line_check_with m c.

Lemma interval_check_sound m lo hi c : interval_check_with m (lo, hi) c = true ->
  exists e, evaluates e (map_sem m) /\ chaos_check e c = true /\
    selfmap (map_sem m) (Q2R lo) (Q2R hi) /\ Q2R lo <= Q2R (start c) <= Q2R hi.
Proof.
  unfold interval_check_with, line_check_with. rewrite <- !andb_lazy_alt, !andb_true_iff.
  intros [[[Hlo Hhi] Hs] H].
  destruct (evaluator_of m) as [e|] eqn:E; [|discriminate]. exists e.
  apply (reflect_true _ _ (leqP _ _)) in Hlo, Hhi. split; [apply evaluator_correct, E|]. split; [exact H|].
  split; [apply (self_map_sound m (lo, hi) Hs)|split; assumption].
Qed.

Theorem chaos_on_interval_with m lo hi c : interval_check_with m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ chaotic (map_sem m) (real lo) (real hi).
Proof.
  rewrite !real_Q2R. intro H. destruct (interval_check_sound m lo hi c H) as (e & Hf & Hc & Hs & Hx).
  split; [exact Hs|]. apply (chaos_interval e _ c); assumption.
Qed.

Theorem li_yorke_on_interval_with m lo hi c : by_period_three c &&& interval_check_with m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ li_yorke_chaotic (map_sem m) (real lo) (real hi).
Proof.
  rewrite !real_Q2R, <- andb_lazy_alt, andb_true_iff. intros [H3 H].
  destruct (interval_check_sound m lo hi c H) as (e & Hf & Hc & Hs & Hx).
  split; [exact Hs|]. apply (three_interval e _ c); assumption.
Qed.

Theorem chaos_on_line_with m c : line_check_with m c = true -> exists lo hi, chaotic (map_sem m) lo hi.
Proof.
  unfold line_check_with. destruct (evaluator_of m) as [e|] eqn:E; [|discriminate].
  intro H. apply (chaos_line e _ c); auto.
Qed.

Theorem li_yorke_on_line_with m c : by_period_three c &&& line_check_with m c = true ->
  exists lo hi, li_yorke_chaotic (map_sem m) lo hi.
Proof.
  unfold line_check_with. rewrite <- andb_lazy_alt, andb_true_iff. intros [H3 H].
  destruct (evaluator_of m) as [e|] eqn:E; [|discriminate]. apply (three_line e _ c); auto.
Qed.
End Chaos.

(* ---- chaos: evaluated in Coq's integers ---- *)

Definition chaos_on_interval := chaos_on_interval_with map_evaluator map_evaluator_correct.
Definition li_yorke_on_interval := li_yorke_on_interval_with map_evaluator map_evaluator_correct.
Definition chaos_on_line := chaos_on_line_with map_evaluator map_evaluator_correct.
Definition li_yorke_on_line := li_yorke_on_line_with map_evaluator map_evaluator_correct.

(* ---- order ---- *)

Definition order_on_interval_check (m : map_data) (J : Q * Q) (c : mesh_certificate) : bool :=
  match pieces_on m J with Some t => order_check t J c | None => false end.

Theorem order_on_interval m lo hi c : valid m &&& order_on_interval_check m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\ ordered (map_sem m) (real lo) (real hi) (order_of c).
Proof.
  rewrite !real_Q2R, <- andb_lazy_alt, andb_true_iff. intros [V H]. unfold order_on_interval_check in H.
  destruct (pieces_on m (lo, hi)) as [t|] eqn:T; [|discriminate].
  assert (HJ : Q2R lo <= Q2R hi).
  { destruct c as [level core_steps mesh]. unfold order_check in H. rewrite !andb_true_iff in H.
    destruct H as [[H _] _]. apply (reflect_true _ _ (leqP _ _) H). }
  destruct (pieces_on_correct m (lo, hi) t T) as [Hj [Hr E]]; [split; [apply Rle_refl|exact HJ]|].
  apply (order_interval t (map_sem m) (lo, hi) c Hj Hr E); [apply continuity_on, map_continuous, V|exact H].
Qed.

Definition order_on_line_check (m : map_data) (c : line_mesh_certificate) : bool :=
  match map_pieces m None None with
  | Some t => let 'OrderOnLine level core_steps mesh := c in line_check t (2 ^ level) core_steps mesh
  | None => false
  end.

Theorem order_on_line m c : order_on_line_check m c = true -> ordered_line (map_sem m) (line_order_of c).
Proof.
  unfold order_on_line_check, line_order_of. destruct c as [level core_steps mesh].
  destruct (map_pieces m None None) as [t|] eqn:T; [|discriminate]. intro H.
  destruct (map_pieces_correct m None None t 0 T I I) as [Hj [_ E]].
  apply (line_check_sound t (2 ^ level) (map_sem m) Hj (fun x => E x I I) core_steps mesh (pow2_pos level) H).
Qed.

Open Scope Q_scope.
Open Scope numeral_scope.
