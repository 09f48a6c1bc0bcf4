(* The check that a map has entropy exactly ln s: on its core every piece has slope s or -s (theorem of
   ConstantSlope.v).  For networks and piecewise-linear maps; the file that generated proofs import. *)

From Coq Require Import Reals Lra.
From Certify Require Export Certificates Entropy.
From Certify Require Import Pieces Images Mesh Steep ConstantSlope EntropyCore.
Import ListNotations.
Local Open Scope R_scope.

(* ---- The pieces of a tree between c and d ---- *)

Fixpoint has_slope (s : Q) (t : pieces) (c d : Q) : bool :=
  match t with
  | One l => same (Z.abs (slope l) # scale l) s
  | Split L p _ _ R => (leq p c || has_slope s L c d) && (leq d p || has_slope s R c d)
  end.

Definition real_knots (t : pieces) : list R := map (fun k => Q2R (fst k)) (knots t).

Lemma one_slope_ext f g s u v : (forall x, u <= x <= v -> f x = g x) -> one_slope f s u v ->
  one_slope g s u v.
Proof.
  intros E (r & Hr & H). exists r. split; auto. intros x y Hx Hy. rewrite <- !E by auto. apply H; auto.
Qed.

Lemma one_slope_point f s u : one_slope f s u u.
Proof.
  exists s. split; [left; auto|]. intros x y Hx Hy. replace x with u by lra. replace y with u by lra. ring.
Qed.

(* A line with slope s or -s. *)
Lemma line_slope l s : same (Z.abs (slope l) # scale l) s = true ->
  exists r, (r = Q2R s \/ r = - Q2R s) /\ forall x y, line_sem l y - line_sem l x = r * (y - x).
Proof.
  intro H. apply (reflect_true _ _ (sameP _ _)) in H. rewrite Q2R_make, abs_IZR in H.
  exists (IZR (slope l) / IZR (Zpos (scale l))). split.
  - pose proof (pos_R (scale l)) as Hd. rewrite <- H. unfold Rabs. destruct (Rcase_abs (IZR (slope l))).
    + right. field. lra.
    + left. reflexivity.
  - intros u v. unfold line_sem. field. pose proof (pos_R (scale l)). lra.
Qed.

Lemma has_slope_sound s t c d : forall a b u v, joined a t b = true -> has_slope s t c d = true ->
  Q2R c <= u -> u <= v -> v <= Q2R d -> uncut (real_knots t) u v -> one_slope (sem t) (Q2R s) u v.
Proof.
  induction t as [l|L IHL p z r R IHR]; intros a b u v J H Hcu Huv Hvd Hcut; cbn [has_slope] in H.
  - destruct (line_slope l s H) as (q & Hq & E). exists q. split; [exact Hq|]. intros x y _ _. apply E.
  - apply andb_true_iff in H as [HL HR]. destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
    assert (HcutL : uncut (real_knots L) u v).
    { intros k Hk. apply Hcut. unfold real_knots in *. cbn [knots]. rewrite map_app. apply in_or_app; auto. }
    assert (HcutR : uncut (real_knots R) u v).
    { intros k Hk. apply Hcut. unfold real_knots in *. cbn [knots]. rewrite map_app. apply in_or_app. right.
      right.
      exact Hk. }
    destruct (Rle_lt_dec v (Q2R p)) as [Hvp|Hvp]; [|destruct (Rle_lt_dec (Q2R p) u) as [Hpu|Hpu]].
    + apply (one_slope_ext (sem L)); [intros x Hx; symmetry; apply (sem_left J); lra|].
      apply orb_true_iff in HL as [HL|HL]; [|apply (IHL a (Some p)); auto].
      apply (reflect_true _ _ (leqP _ _)) in HL. replace v with u by lra. apply one_slope_point.
    + apply (one_slope_ext (sem R)); [intros x Hx; symmetry; apply sem_right; lra|].
      apply orb_true_iff in HR as [HR|HR]; [|apply (IHR (Some p) b); auto].
      apply (reflect_true _ _ (leqP _ _)) in HR. replace v with u by lra. apply one_slope_point.
    + exfalso. apply (Hcut (Q2R p)); [|lra]. unfold real_knots. cbn [knots]. rewrite map_app.
      apply in_or_app. right. left. reflexivity.
Qed.

(* ---- Certificates ---- *)

Inductive slope_certificate := ConstantSlope (core_steps : nat) (growth : Q).
Definition slope_of (c : slope_certificate) : Q := let 'ConstantSlope _ growth := c in growth.

Definition slope_check (m : map_data) (J : Q * Q) (c : slope_certificate) : bool :=
  valid m && match pieces_on m J with
  | Some t => let 'ConstantSlope core_steps growth := c in
      let core := images t core_steps J in
      leq (fst J) (snd J) && maps_into t J && leq (fst J) (fst core) && leq (snd core) (snd J) &&
      less (fst core) (snd core) && maps_into t core && leq 1 growth &&
      has_slope growth t (fst core) (snd core)
  | None => false
  end.

Theorem slope_on_interval m lo hi c : slope_check m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\
  entropy_ge_ln (map_sem m) (real lo) (real hi) (real (slope_of c)) /\
  entropy_le_ln (map_sem m) (real lo) (real hi) (real (slope_of c)).
Proof.
  rewrite !real_Q2R. unfold slope_check, slope_of. destruct c as [core_steps s]. rewrite andb_true_iff.
  intros [V H].
  pose proof (map_continuous m V) as Hcont. set (f := map_sem m) in *.
  destruct (pieces_on m (lo, hi)) as [t|] eqn:T; [|discriminate].
  set (core := images t core_steps (lo, hi)) in *. cbn [fst snd] in H. rewrite !andb_true_iff in H.
  destruct H as [[[[[[[HJ Hinto] Hlo] Hhi] Hcd] Hcore] Hs] Hslope].
  apply (reflect_true _ _ (leqP _ _)) in HJ, Hlo, Hhi, Hs. apply (reflect_true _ _ (lessP _ _)) in Hcd.
  replace (Q2R 1) with 1 in Hs by (unfold Q2R; simpl; lra).
  destruct (pieces_on_correct m (lo, hi) t T) as [Hj [Hr E]]; [unfold contains; cbn [fst snd]; lra|].
  pose proof (maps_into_sound t f (lo, hi) Hj Hr E Hinto) as Hself. cbn [fst snd] in Hself.
  assert (Ecore : forall x, contains core x -> sem t x = f x).
  { intros x Hx. apply E. unfold contains in *. cbn [fst snd]. lra. }
  pose proof (maps_into_sound t f core Hj Hr Ecore Hcore) as Hself_core.
  assert (Hsteep : steep f (Q2R s) (Q2R (fst core)) (Q2R (snd core))).
  { exists (real_knots t). intros u v Hu Huv Hv Hcut. apply (one_slope_ext (sem t)).
    - intros x Hx. apply Ecore. unfold contains. lra.
    - apply (has_slope_sound s t (fst core) (snd core) None None); auto. }
  split; [exact Hself|]. split.
  - apply (entropy_widen f (Q2R (fst core)) (Q2R (snd core))); auto. apply steep_entropy; auto.
  - apply (entropy_le_core f _ _ (Q2R (fst core)) (Q2R (snd core)) core_steps); auto; try lra.
    + intros x Hx. apply (images_sound t f (lo, hi) Hj Hr E Hself core_steps (lo, hi) x Hx Hx).
    + apply steep_entropy_le; auto. lra.
Qed.

(* ---- An example: the tent map has entropy ln 2 ---- *)

Example tent_slope :
  selfmap (pl_sem (Knots [(0, 0); (1 # 2, 1); (1, 0)]%Q)) 0 1 /\
  entropy_ge_ln (pl_sem (Knots [(0, 0); (1 # 2, 1); (1, 0)]%Q)) 0 1 2 /\
  entropy_le_ln (pl_sem (Knots [(0, 0); (1 # 2, 1); (1, 0)]%Q)) 0 1 2.
Proof.
  apply (slope_on_interval (PiecewiseLinear _) (0 # 1) (1 # 1) (ConstantSlope 0 (2 # 1))).
  vm_cast_no_check (eq_refl true).
Qed.
