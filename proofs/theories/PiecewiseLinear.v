(* Piecewise-linear maps given by rational knots: their meaning, and their search tree. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces Images Trees.
Import ListNotations.
Local Open Scope R_scope.

(* ---- data and meaning ---- *)

(* The points are joined by chords; the first and last slope hold outside. *)
Inductive piecewise_linear := KnotsOnLine (first_slope : Q) (points : list (Q * Q)) (last_slope : Q).

(* On an interval, from the first point to the last; outside of it constant. *)
Definition Knots (points : list (Q * Q)) : piecewise_linear := KnotsOnLine 0 points 0.

Definition ray (p : Q * Q) (slope x : R) : R := Q2R (snd p) + slope * (x - Q2R (fst p)).
Definition chord (p q : Q * Q) : R := (Q2R (snd q) - Q2R (snd p)) / (Q2R (fst q) - Q2R (fst p)).

(* the value at x, to the right of p *)
Fixpoint pl_sem_from (p : Q * Q) (points : list (Q * Q)) (last_slope : Q) (x : R) : R :=
  match points with
  | [] => ray p (Q2R last_slope) x
  | q :: rest => if Rlt_dec x (Q2R (fst q)) then ray p (chord p q) x else pl_sem_from q rest last_slope x
  end.

Definition pl_sem (m : piecewise_linear) (x : R) : R :=
  match m with
  | KnotsOnLine _ [] _ => 0
  | KnotsOnLine first_slope (p :: rest) last_slope =>
      if Rlt_dec x (Q2R (fst p)) then ray p (Q2R first_slope) x else pl_sem_from p rest last_slope x
  end.

(* ---- as a tree ---- *)

Definition line_with (s : Q) (p : Q * Q) : line :=
  let s := Qred s in
  let c := Qred (snd p - s * fst p) in
  Line (Zpos (Qden c) * Qnum s) (Zpos (Qden s) * Qnum c) (Qden s * Qden c).

Lemma line_with_correct s p x : line_sem (line_with s p) x = ray p (Q2R s) x.
Proof.
  unfold line_with, ray. set (s' := Qred s). set (c := Qred (snd p - s' * fst p)).
  assert (Es : Q2R s' = Q2R s) by apply Qeq_eqR, Qred_correct.
  assert (Ec : Q2R c = Q2R (snd p) - Q2R s * Q2R (fst p)).
  { unfold c. rewrite (Qeq_eqR _ _ (Qred_correct _)), Q2R_minus, Q2R_mult, Es. reflexivity. }
  replace (Q2R (snd p) + Q2R s * (x - Q2R (fst p))) with (Q2R s' * x + Q2R c) by (rewrite Es, Ec; ring).
  clearbody s' c. clear. destruct s' as [n d], c as [k e]. unfold line_sem. cbn [slope const scale Qnum Qden].
  rewrite !Q2R_make, Pos2Z.inj_mul, !mult_IZR. pose proof (pos_R d). pose proof (pos_R e). field; lra.
Qed.

Fixpoint rays (p : Q * Q) (points : list (Q * Q)) (last_slope : Q) : line * list (Q * line) :=
  match points with
  | [] => (line_with last_slope p, [])
  | q :: rest =>
      let (l, ks) := rays q rest last_slope in
      (line_with ((snd q - snd p) / (fst q - fst p)) p, (fst q, l) :: ks)
  end.

Fixpoint increasing (p : Q * Q) (points : list (Q * Q)) : bool :=
  match points with [] => true | q :: rest => less (fst p) (fst q) && increasing q rest end.

(* without the knots at which the line does not change *)
Definition same_line (k l : line) : bool :=
  (slope k =? slope l)%Z && (const k =? const l)%Z && (scale k =? scale l)%positive.

Fixpoint true_knots (l : line) (ks : list (Q * line)) : list (Q * line) :=
  match ks with
  | [] => []
  | (p, k) :: rest => if same_line l k then true_knots l rest else (p, k) :: true_knots k rest
  end.

Definition pl_valid (m : piecewise_linear) : bool :=
  match m with KnotsOnLine _ [] _ => false | KnotsOnLine _ (p :: rest) _ => increasing p rest end.

Definition pl_tree (m : piecewise_linear) : option pieces :=
  match m with
  | KnotsOnLine _ [] _ => None
  | KnotsOnLine first_slope (p :: rest) last_slope =>
      if increasing p rest then
        let (l, ks) := rays p rest last_slope in
        let l0 := line_with first_slope p in tree l0 (true_knots l0 ((fst p, l) :: ks))
      else None
  end.

Lemma rays_correct points last_slope x : forall p, increasing p points = true ->
  list_sem (fst (rays p points last_slope)) (snd (rays p points last_slope)) x =
    pl_sem_from p points last_slope x.
Proof.
  induction points as [|q points IH]; intros p H; cbn [rays pl_sem_from]; [apply line_with_correct|].
  cbn [increasing] in H. apply andb_true_iff in H as [Hpq H]. apply (reflect_true _ _ (lessP _ _)) in Hpq.
  specialize (IH q H). destruct (rays q points last_slope) as [l ks]. cbn [fst snd list_sem] in *.
  destruct (Rlt_dec x (Q2R (fst q))); auto. rewrite line_with_correct. unfold chord.
  rewrite Q2R_div, !Q2R_minus; auto.
  intro E. apply Qeq_eqR in E. rewrite Q2R_minus in E. unfold Q2R at 3 in E. simpl in E. lra.
Qed.

Fixpoint ascending_knots (p : Q) (ks : list (Q * line)) : Prop :=
  match ks with [] => True | (q, _) :: rest => Q2R p < Q2R q /\ ascending_knots q rest end.

Lemma rays_ascending points last_slope : forall p, increasing p points = true ->
  ascending_knots (fst p) (snd (rays p points last_slope)).
Proof.
  induction points as [|q points IH]; intros p H; cbn [rays]; [exact I|].
  cbn [increasing] in H. apply andb_true_iff in H as [Hpq H]. apply (reflect_true _ _ (lessP _ _)) in Hpq.
  specialize (IH q H). destruct (rays q points last_slope) as [l ks]. split; auto.
Qed.

Lemma true_knots_before ks x : forall p l, ascending_knots p ks -> x <= Q2R p ->
  list_sem l (true_knots l ks) x = line_sem l x.
Proof.
  induction ks as [|[q k] ks IH]; intros p l H Hx; cbn [true_knots]; [reflexivity|]. destruct H as [Hpq H].
  destruct (same_line l k); [apply (IH q); auto; lra|]. cbn [list_sem].
  destruct (Rlt_dec x (Q2R q)); [auto|lra].
Qed.

Lemma true_knots_correct ks x : forall p l, ascending_knots p ks ->
  list_sem l (true_knots l ks) x = list_sem l ks x.
Proof.
  induction ks as [|[q k] ks IH]; intros p l H; cbn [true_knots]; [reflexivity|]. destruct H as [Hpq H].
  destruct (same_line l k) eqn:E; cbn [list_sem]; [|rewrite (IH q k H); reflexivity].
  unfold same_line in E. rewrite !andb_true_iff, !Z.eqb_eq, Pos.eqb_eq in E. destruct E as [[E1 E2] E3].
  assert (El : l = k) by (destruct l, k; simpl in *; congruence). subst k.
  destruct (Rlt_dec x (Q2R q)); [apply (true_knots_before ks x q); auto; lra|apply (IH q l H)].
Qed.

Theorem pl_tree_correct m t : pl_tree m = Some t ->
  joined None t None = true /\ ranged t /\ forall x, sem t x = pl_sem m x.
Proof.
  destruct m as [first_slope [|p rest] last_slope]; cbn [pl_tree]; [discriminate|].
  destruct (increasing p rest) eqn:Inc; [|discriminate].
  pose proof (fun x => rays_correct rest last_slope x p Inc) as C.
  pose proof (rays_ascending rest last_slope p Inc) as A.
  destruct (rays p rest last_slope) as [l ks]. cbn [fst snd] in C, A.
  intro H. destruct (tree_correct _ _ _ H) as [J [HR E]]. split; auto. split; auto.
  intro x. rewrite E, (true_knots_correct _ x (fst p - 1)).
  - cbn [list_sem pl_sem]. rewrite line_with_correct, C. reflexivity.
  - split; [|exact A]. rewrite Q2R_minus. replace (Q2R 1) with 1 by (unfold Q2R; simpl; lra). lra.
Qed.

(* ---- it exists ---- *)

Lemma rays_fit points last_slope : forall p, increasing p points = true ->
  fits (Some (fst p)) (fst (rays p points last_slope)) (snd (rays p points last_slope)) /\
  line_sem (fst (rays p points last_slope)) (Q2R (fst p)) = Q2R (snd p).
Proof.
  assert (Start : forall s p, line_sem (line_with s p) (Q2R (fst p)) = Q2R (snd p)).
  { intros s p. rewrite line_with_correct. unfold ray. ring. }
  induction points as [|q points IH]; intros p H; cbn [rays]; [split; [exact I|apply Start]|].
  cbn [increasing] in H. apply andb_true_iff in H as [Hpq H]. destruct (IH q H) as [F E].
  destruct (rays q points last_slope) as [l ks]. cbn [fst snd fits] in *. split; [|apply Start].
  split; [exact Hpq|]. split; [|exact F]. rewrite E, line_with_correct. unfold ray.
  apply (reflect_true _ _ (lessP _ _)) in Hpq. rewrite Q2R_div, !Q2R_minus; [field; lra|].
  intro E0. apply Qeq_eqR in E0. rewrite Q2R_minus in E0. unfold Q2R at 3 in E0. simpl in E0. lra.
Qed.

Lemma true_knots_fit ks : forall a l, fits a l ks -> fits a l (true_knots l ks).
Proof.
  induction ks as [|[p k] ks IH]; intros a l F; cbn [true_knots]; [exact I|]. destruct F as [Hp [E F]].
  destruct (same_line l k) eqn:S; [|split; auto].
  unfold same_line in S. rewrite !andb_true_iff, !Z.eqb_eq, Pos.eqb_eq in S. destruct S as [[S1 S2] S3].
  assert (El : l = k) by (destruct l, k; simpl in *; congruence). subst k. specialize (IH (Some p) l F).
  destruct (true_knots l ks) as [|[q k] js]; [exact I|]. destruct IH as [Hq IH].
  split; [apply (end_less_trans a p); auto|exact IH].
Qed.

Theorem pl_tree_exists m : pl_valid m = true -> pl_tree m <> None.
Proof.
  destruct m as [first_slope [|p rest] last_slope]; cbn [pl_valid pl_tree]; [discriminate|].
  intro H. rewrite H. destruct (rays_fit rest last_slope p H) as [F E].
  destruct (rays p rest last_slope) as [l ks]. cbn [fst snd] in *.
  apply tree_exists, true_knots_fit. split; [reflexivity|]. split; [|exact F].
  rewrite E, line_with_correct. unfold ray. ring.
Qed.
