(* Networks and piecewise-linear maps, treated as one kind of map: evaluation, pieces, and a check that an
   interval is mapped into itself. *)
From Coq Require Import Reals Lra ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Rational Network Bends Evaluate Lipschitz Pieces Images Trees.
From Certify Require Import PiecewiseLinear Expand ExpandComplete Orbit Mesh.
Import ListNotations.
Local Open Scope R_scope.
Local Open Scope lazy_bool_scope.

Inductive map_data := Network (n : network) | PiecewiseLinear (m : piecewise_linear).

Definition map_sem (m : map_data) : R -> R :=
  match m with Network n => net_sem n | PiecewiseLinear p => pl_sem p end.

(* shapes fit, knots increase *)
Definition valid (m : map_data) : bool :=
  match m with Network n => well_shaped 1 n | PiecewiseLinear p => pl_valid p end.

Definition map_evaluator (m : map_data) : option evaluator :=
  match m with
  | Network n =>
      let layers := map decode n in
      if well_shaped 1 n then Some (Evaluator (eval_net layers) (slope_net layers)) else None
  | PiecewiseLinear p => match pl_tree p with Some t => Some (Evaluator (at_point t) (steepest t)) | None =>
    None end
  end.

(* the pieces of the map between two points, or all of them *)
Definition map_pieces (m : map_data) (lo hi : option Q) : option pieces :=
  match m with
  | Network n => if well_shaped 1 n then expand lo hi n else None
  | PiecewiseLinear p => pl_tree p
  end.
Definition pieces_on (m : map_data) (J : Q * Q) : option pieces := map_pieces m (Some (fst J)) (Some (snd J)).

Lemma map_evaluator_correct m e : map_evaluator m = Some e -> evaluates e (map_sem m).
Proof.
  destruct m as [n|p]; unfold map_evaluator, map_sem.
  - destruct (well_shaped 1 n); [|discriminate]. intro H; injection H as <-.
    split; [apply eval_net_correct|apply slope_net_correct].
  - destruct (pl_tree p) as [t|] eqn:T; [|discriminate]. intro H; injection H as <-.
    destruct (pl_tree_correct p t T) as [Hj [_ E]]. split; cbn [eval lipschitz].
    + intro q. rewrite <- E. apply at_point_correct.
    + intros x y. rewrite <- !E. apply (steepest_correct t None None x y Hj).
Qed.

Lemma map_pieces_correct m lo hi t x0 : map_pieces m lo hi = Some t -> right_of lo x0 -> left_of hi x0 ->
  joined None t None = true /\ ranged t /\ forall x, right_of lo x -> left_of hi x -> sem t x = map_sem m x.
Proof.
  destruct m as [n|p]; unfold map_pieces, map_sem; intros H Hlo Hhi.
  - destruct (well_shaped 1 n); [|discriminate].
    destruct (expand_correct lo hi x0 Hlo Hhi n t H) as [Hj [Hr _]]. split; auto. split; auto.
    intros x Hx Hx'. apply (expand_correct lo hi x Hx Hx' n t H).
  - destruct (pl_tree_correct p t H) as [Hj [Hr E]]. auto.
Qed.

Lemma pieces_on_correct m J t : pieces_on m J = Some t -> contains J (Q2R (fst J)) ->
  joined None t None = true /\ ranged t /\ forall x, contains J x -> sem t x = map_sem m x.
Proof.
  intros H [Hlo Hhi]. destruct (map_pieces_correct m _ _ t (Q2R (fst J)) H Hlo Hhi) as [Hj [Hr E]].
  split; auto. split; auto. intros x [Hx Hx']. apply E; auto.
Qed.

Lemma map_pieces_exist m lo hi : valid m = true -> exists t, map_pieces m lo hi = Some t.
Proof.
  intro V. destruct (map_pieces m lo hi) as [t|] eqn:T; [eauto|]. exfalso. revert T.
  destruct m as [n|p]; cbn [valid map_pieces] in *; [rewrite V; apply expand_exists, V|apply pl_tree_exists,
    V].
Qed.

Lemma map_evaluator_exists m : valid m = true -> exists e, map_evaluator m = Some e.
Proof.
  destruct m as [n|p]; cbn [valid map_evaluator]; intro V; [rewrite V; eauto|].
  destruct (pl_tree p) as [t|] eqn:T; [eauto|]. exfalso. exact (pl_tree_exists p V T).
Qed.

Lemma evaluates_continuous e f : evaluates e f -> continuity f.
Proof. intro H. apply (lipschitz_continuous f (lipschitz e)), (lipschitz_correct e f H). Qed.

Lemma map_continuous m : valid m = true -> continuity (map_sem m).
Proof.
  intro V. destruct (map_evaluator_exists m V) as [e E].
  apply (evaluates_continuous e), map_evaluator_correct, E.
Qed.

(* ---- maps of an interval into itself ---- *)

(* a last clip into J says so at once; in general the image is computed *)
Definition clipped (m : map_data) (J : Q * Q) : bool :=
  match m with
  | Network n =>
      match rev n with
      | Layer (Clip lo hi) _ (_ :: _) :: _ => leq (fst J) lo && leq lo hi && leq hi (snd J)
      | _ => false
      end
  | _ => false
  end.

Definition self_map (m : map_data) (J : Q * Q) : bool :=
  clipped m J ||| match pieces_on m J with Some t => maps_into t J | None => false end.

Lemma clipped_sound m J : clipped m J = true -> forall x, contains J (map_sem m x).
Proof.
  destruct m as [n|p]; [|discriminate]. unfold clipped, map_sem, net_sem. intros H x.
  rewrite <- (rev_involutive n). destruct (rev n) as [|l ls]; [discriminate|]. cbn [rev].
  rewrite fold_left_app. cbn [fold_left].
  destruct l as [[| | | |lo hi] d [|row rows]]; try discriminate.
  rewrite !andb_true_iff in H. destruct H as [[H1 H2] H3]. apply (reflect_true _ _ (leqP _ _)) in H1, H2, H3.
  unfold layer_sem, unit_sem. cbn [Network.rows act map hd act_sem]. unfold contains, Rmin, Rmax.
  destruct (Rle_dec (Q2R lo) _), (Rle_dec (Q2R hi) _); lra.
Qed.

Lemma self_map_sound m J : self_map m J = true -> selfmap (map_sem m) (Q2R (fst J)) (Q2R (snd J)).
Proof.
  unfold self_map. rewrite <- orb_lazy_alt, orb_true_iff. intros [H|H] x Hx.
  - apply (clipped_sound m J H).
  - destruct (pieces_on m J) as [t|] eqn:T; [|discriminate].
    destruct (pieces_on_correct m J t T) as [Hj [Hr E]]; [unfold contains; lra|].
    apply (maps_into_sound t (map_sem m) J Hj Hr E H x Hx).
Qed.

Lemma self_map_complete m J : valid m = true -> Q2R (fst J) <= Q2R (snd J) ->
  selfmap (map_sem m) (Q2R (fst J)) (Q2R (snd J)) -> self_map m J = true.
Proof.
  intros V HJ Hs. unfold self_map. rewrite <- orb_lazy_alt. apply orb_true_iff. right.
  destruct (map_pieces_exist m (Some (fst J)) (Some (snd J)) V) as [t T]. unfold pieces_on. rewrite T.
  destruct (pieces_on_correct m J t T) as [Hj [Hr E]]; [unfold contains; lra|].
  apply (maps_into_complete t (map_sem m) J Hj Hr E HJ Hs).
Qed.
