(* Exact images of intervals under a piecewise-linear function. Each tree knows the range of its values at
   its knots, so an image takes logarithmic time. *)
From Coq Require Import Reals Lra ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces.
Import ListNotations.
Local Open Scope R_scope.

(* ---- intervals, and ranges of values ---- *)

Definition contains (I : Q * Q) (y : R) : Prop := Q2R (fst I) <= y <= Q2R (snd I).
Definition hull (I J : Q * Q) : Q * Q := (smaller (fst I) (fst J), larger (snd I) (snd J)).

Lemma hull_left I J y : contains I y -> contains (hull I J) y.
Proof.
  unfold contains, hull. cbn [fst snd].
  pose proof (smaller_le (fst I) (fst J)). pose proof (larger_ge (snd I) (snd J)). lra.
Qed.

Lemma hull_right I J y : contains J y -> contains (hull I J) y.
Proof.
  unfold contains, hull. cbn [fst snd].
  pose proof (smaller_le (fst I) (fst J)). pose proof (larger_ge (snd I) (snd J)). lra.
Qed.

Lemma contains_point v : contains (v, v) (Q2R v).
Proof. unfold contains; simpl; lra. Qed.

(* the constructor that keeps the ranges *)
Definition split (L : pieces) (p v : Q) (R : pieces) : pieces :=
  let add t I := match t with One _ => I | Split _ _ _ J _ => hull I J end in
  Split L p v (add L (add R (v, v))) R.

Fixpoint ranged (t : pieces) : Prop :=
  match t with
  | One _ => True
  | Split L p v r R =>
      ranged L /\ ranged R /\ (forall k, In k (knots t) -> contains r (Q2R (snd k))) /\
      In (fst r) (map snd (knots t)) /\ In (snd r) (map snd (knots t))
  end.

Lemma hull_ends (P : Q -> Prop) I J : P (fst I) -> P (snd I) -> P (fst J) -> P (snd J) ->
  P (fst (hull I J)) /\ P (snd (hull I J)).
Proof.
  unfold hull, smaller, larger. cbn [fst snd]. destruct (leq (fst I) (fst J)), (leq (snd I) (snd J)); auto.
Qed.

Lemma ranged_split L p v R : ranged L -> ranged R -> ranged (split L p v R).
Proof.
  intros HL HR. unfold split. cbn [ranged knots].
  set (add := fun (t : pieces) I => match t with One _ => I | Split _ _ _ J _ => hull I J end).
  set (ks := knots L ++ (p, v) :: knots R).
  assert (A : forall t I y, contains I y -> contains (add t I) y).
  { intros [l|L' p' v' J R'] I y H; cbn; auto using hull_left. }
  assert (B : forall t I k, ranged t -> In k (knots t) -> contains (add t I) (Q2R (snd k))).
  { intros [l|L' p' v' J R'] I k Ht Hk; [destruct Hk|]. destruct Ht as [_ [_ [Ht _]]].
    apply hull_right, Ht, Hk. }
  assert (C : forall t I, ranged t -> incl (map snd (knots t)) (map snd ks) ->
    In (fst I) (map snd ks) /\ In (snd I) (map snd ks) ->
    In (fst (add t I)) (map snd ks) /\ In (snd (add t I)) (map snd ks)).
  { intros [l|L' p' v' J R'] I Ht Hincl [H1 H2]; cbn; auto. destruct Ht as [_ [_ [_ [H3 H4]]]].
    apply (hull_ends (fun q => In q (map snd ks))); auto. }
  split; [exact HL|]. split; [exact HR|]. split.
  - intros k Hk. apply in_app_or in Hk as [Hk|[<-|Hk]]; [apply B|apply A, A, contains_point|apply A, B]; auto.
  - apply C; auto; [|apply C; auto].
    + unfold ks. rewrite map_app. apply incl_appl, incl_refl.
    + unfold ks. rewrite map_app. apply incl_appr. cbn [map snd]. apply incl_tl, incl_refl.
    + assert (In v (map snd ks)); auto. unfold ks. rewrite map_app. apply in_or_app. simpl; auto.
Qed.

(* add to I the values at the knots in [a,b] *)
Fixpoint collect (t : pieces) (a b : option Q) (I : Q * Q) : Q * Q :=
  match t with
  | One _ => I
  | Split L p v r R =>
      match a, b with
      | None, None => hull I r
      | _, _ =>
          if match a with Some a => less p a | None => false end then collect R a b I
          else if match b with Some b => less b p | None => false end then collect L a b I
          else collect R None b (collect L a None (hull I (v, v)))
      end
  end.

Lemma collect_more t : forall a b I y, contains I y -> contains (collect t a b I) y.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b I y H; cbn [collect]; auto.
  destruct a, b; auto using hull_left;
    repeat match goal with |- context [if ?c then _ else _] => destruct c end; auto using hull_left.
Qed.

Lemma collect_correct t : forall a' b' a b I k, joined a' t b' = true -> ranged t -> In k (knots t) ->
  right_of a (Q2R (fst k)) -> left_of b (Q2R (fst k)) -> contains (collect t a b I) (Q2R (snd k)).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a' b' a b I k J HR Hk Ha Hb; [destruct Hk|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. destruct HR as [RL [RR [Hr _]]].
  pose proof (Hr k Hk) as Hrange. cbn [knots] in Hk. cbn [collect].
  assert (G : forall a b, right_of a (Q2R (fst k)) -> left_of b (Q2R (fst k)) -> contains
    (if match a with Some a => less p a | None => false end then collect R a b I
     else if match b with Some b => less b p | None => false end then collect L a b I
     else collect R None b (collect L a None (hull I (v, v)))) (Q2R (snd k))).
  { clear a b Ha Hb. intros a b Ha Hb. apply in_app_or in Hk.
    destruct (match a with Some a => less p a | None => false end) eqn:Ea.
    - destruct a as [a|]; [|discriminate]. destruct (lessP p a); [|discriminate]. simpl in Ha.
      destruct Hk as [Hk|[<-|Hk]]; simpl in *; try lra; eauto.
      pose proof (proj2 (knots_between _ _ _ _ JL Hk) p eq_refl). lra.
    - destruct (match b with Some b => less b p | None => false end) eqn:Eb.
      + destruct b as [b|]; [|discriminate]. destruct (lessP b p); [|discriminate]. simpl in Hb.
        destruct Hk as [Hk|[<-|Hk]]; simpl in *; try lra; eauto.
        pose proof (proj1 (knots_between _ _ _ _ JR Hk) p eq_refl). lra.
      + destruct Hk as [Hk|[<-|Hk]].
        * apply collect_more. apply (IHL a' (Some p)); simpl; auto.
        * apply collect_more, collect_more, hull_right, contains_point.
        * apply (IHR (Some p) b'); simpl; auto. }
  destruct a as [a|]; [apply (G (Some a) b Ha Hb)|].
  destruct b as [b|]; [apply (G None (Some b) Ha Hb)|].
  apply hull_right; auto.
Qed.

(* a tree takes values between those at the ends and at the knots inside *)
Lemma sem_between t : forall a b x y z I, joined a t b = true -> x <= z <= y ->
  contains I (sem t x) -> contains I (sem t y) ->
  (forall k, In k (knots t) -> x <= Q2R (fst k) <= y -> contains I (Q2R (snd k))) -> contains I (sem t z).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b x y z I J Hz Hx Hy HI.
  - apply (line_between l x y z); auto.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
    assert (HL : forall k, In k (knots L) -> In k (knots (Split L p v r R))) by (intros; apply in_or_app;
      auto).
    assert (HR : forall k, In k (knots R) -> In k (knots (Split L p v r R))).
    { intros; apply in_or_app; simpl; auto. }
    assert (Hp : x <= Q2R p <= y -> contains I (Q2R v)).
    { apply (HI (p, v)). apply in_or_app; simpl; auto. }
    pose proof (sem_knot J) as Ev. pose proof (sem_left J (Q2R p) (Rle_refl _)) as Ep.
    rewrite (sem_right (Q2R p)), Ev in Ep by lra.
    destruct (Rle_lt_dec z (Q2R p)) as [h|h].
    + rewrite (sem_left J) in Hx |- * by lra. destruct (Rle_lt_dec y (Q2R p)) as [h'|h'].
      * rewrite (sem_left J) in Hy by lra. apply (IHL a (Some p) x y); auto.
      * apply (IHL a (Some p) x (Q2R p)); auto; try lra; [rewrite <- Ep; apply Hp; lra|].
        intros k Hk Hk'. apply HI; auto. lra.
    + rewrite (sem_right z) by lra. rewrite (sem_right y) in Hy by lra.
      destruct (Rle_lt_dec (Q2R p) x) as [h'|h'].
      * rewrite (sem_right x) in Hx by lra. apply (IHR (Some p) b x y); auto.
      * apply (IHR (Some p) b (Q2R p) y); auto; try lra; [rewrite Ev; apply Hp; lra|].
        intros k Hk Hk'. apply HI; auto. lra.
Qed.

Definition image (t : pieces) (I : Q * Q) : Q * Q :=
  let u := at_point t (fst I) in
  let w := at_point t (snd I) in
  collect t (Some (fst I)) (Some (snd I)) (smaller u w, larger u w).

Theorem image_correct t I x : joined None t None = true -> ranged t -> contains I x ->
  contains (image t I) (sem t x).
Proof.
  intros J HR Hx. unfold image. set (u := at_point t (fst I)). set (w := at_point t (snd I)).
  pose proof (smaller_le u w). pose proof (larger_ge u w).
  apply (sem_between t None None (Q2R (fst I)) (Q2R (snd I))); auto.
  - rewrite at_point_correct. apply collect_more. unfold contains; simpl; fold u; lra.
  - rewrite at_point_correct. apply collect_more. unfold contains; simpl; fold w; lra.
  - intros k Hk Hk'. apply (collect_correct t None None); simpl; auto; lra.
Qed.

(* the ends of the image are values of points of I *)
Lemma collect_ends (P : Q -> Prop) t : forall a' b' a b I, joined a' t b' = true -> ranged t ->
  P (fst I) -> P (snd I) ->
  (forall k, In k (knots t) -> right_of a (Q2R (fst k)) -> left_of b (Q2R (fst k)) -> P (snd k)) ->
  P (fst (collect t a b I)) /\ P (snd (collect t a b I)).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a' b' a b I J HR H1 H2 HP; cbn [collect]; [auto|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. destruct HR as [RL [RR [_ [R1 R2]]]].
  assert (InL : forall k, In k (knots L) -> In k (knots (Split L p v r R))) by (intros; apply in_or_app;
    auto).
  assert (InR : forall k, In k (knots R) -> In k (knots (Split L p v r R))).
  { intros; apply in_or_app; simpl; auto. }
  assert (Hv : right_of a (Q2R p) -> left_of b (Q2R p) -> P v).
  { apply (HP (p, v)). apply in_or_app; simpl; auto. }
  assert (HL : forall a I, right_of a (Q2R p) -> P (fst I) -> P (snd I) ->
    (forall k, In k (knots L) -> right_of a (Q2R (fst k)) -> P (snd k)) ->
    P (fst (collect L a None I)) /\ P (snd (collect L a None I))).
  { intros a0 I0 _ P1 P2 H. apply (IHL a' (Some p)); auto. }
  destruct a as [a|], b as [b|].
  - destruct (lessP p a) as [h|h]; [apply (IHR (Some p) b'); auto|].
    destruct (lessP b p) as [h'|h']; [apply (IHL a' (Some p)); auto|]. simpl in Hv.
    destruct (hull_ends P I (v, v)) as [U1 U2]; auto; try (apply Hv; lra).
    destruct (HL (Some a) (hull I (v, v))) as [V1 V2]; simpl; auto; try lra.
    { intros k Hk Ha. apply HP; simpl; auto. pose proof (proj2 (knots_between _ _ _ _ JL Hk) p eq_refl). lra.
      }
    apply (IHR (Some p) b'); auto. intros k Hk _ Hb. apply HP; simpl; auto.
    pose proof (proj1 (knots_between _ _ _ _ JR Hk) p eq_refl). lra.
  - destruct (lessP p a) as [h|h]; [apply (IHR (Some p) b'); auto|]. simpl in Hv.
    destruct (hull_ends P I (v, v)) as [U1 U2]; auto; try (apply Hv; auto; lra).
    destruct (HL (Some a) (hull I (v, v))) as [V1 V2]; simpl; auto; try lra.
    { intros k Hk Ha. apply HP; simpl; auto. }
    apply (IHR (Some p) b'); auto. intros k Hk _ _. apply HP; simpl; auto.
    pose proof (proj1 (knots_between _ _ _ _ JR Hk) p eq_refl). lra.
  - destruct (lessP b p) as [h'|h']; [apply (IHL a' (Some p)); auto|]. simpl in Hv.
    destruct (hull_ends P I (v, v)) as [U1 U2]; auto; try (apply Hv; auto; lra).
    destruct (HL None (hull I (v, v))) as [V1 V2]; simpl; auto.
    { intros k Hk _. apply HP; simpl; auto. pose proof (proj2 (knots_between _ _ _ _ JL Hk) p eq_refl). lra. }
    apply (IHR (Some p) b'); auto.
  - assert (Hr : forall q, In q (map snd (knots (Split L p v r R))) -> P q).
    { intros q Hq. apply in_map_iff in Hq as [k [<- Hk]]. apply HP; simpl; auto. }
    apply hull_ends; auto.
Qed.

Theorem image_attained t I : joined None t None = true -> ranged t -> Q2R (fst I) <= Q2R (snd I) ->
  exists x y, contains I x /\ contains I y /\ sem t x = Q2R (fst (image t I)) /\
    sem t y = Q2R (snd (image t I)).
Proof.
  intros J HR HI. set (P := fun q => exists x, contains I x /\ sem t x = Q2R q).
  assert (H1 : P (at_point t (fst I))).
  { exists (Q2R (fst I)). split; [unfold contains; lra|apply at_point_correct]. }
  assert (H2 : P (at_point t (snd I))).
  { exists (Q2R (snd I)). split; [unfold contains; lra|apply at_point_correct]. }
  destruct (collect_ends P t None None (Some (fst I)) (Some (snd I))
    (smaller (at_point t (fst I)) (at_point t (snd I)), larger (at_point t (fst I)) (at_point t (snd I))))
    as [[x [Hx Ex]] [y [Hy Ey]]]; auto.
  - unfold smaller; cbn [fst]. destruct (leq _ _); auto.
  - unfold larger; cbn [snd]. destruct (leq _ _); auto.
  - intros k Hk Ha Hb. exists (Q2R (fst k)). split; [split; auto|apply (knot_value t None None k J Hk)].
  - exists x, y. auto.
Qed.
