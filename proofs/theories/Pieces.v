(* Piecewise-linear functions as search trees of lines: values, and the line that two points have in
   common, in logarithmic time. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational.
Import ListNotations.
Local Open Scope R_scope.

(* ---- lines ---- *)

(* x -> (slope x + const) / scale *)
Record line := Line { slope : Z; const : Z; scale : positive }.

Definition line_sem (l : line) (x : R) : R := (IZR (slope l) * x + IZR (const l)) / IZR (Zpos (scale l)).

Definition line_at (l : line) (q : Q) : Q :=
  (slope l * Qnum q + Zpos (Qden q) * const l)%Z # (scale l * Qden q).

Lemma line_at_correct l q : line_sem l (Q2R q) = Q2R (line_at l q).
Proof.
  destruct q as [n d]. unfold line_sem, line_at. cbn [Qnum Qden]. rewrite !Q2R_make.
  pose proof (pos_R d). pose proof (pos_R (scale l)).
  rewrite Pos2Z.inj_mul, plus_IZR, !mult_IZR. field; lra.
Qed.

Lemma line_between l x y z I J : x <= z <= y ->
  I <= line_sem l x <= J -> I <= line_sem l y <= J -> I <= line_sem l z <= J.
Proof.
  unfold line_sem. intros Hz. set (s := IZR (slope l)). set (c := IZR (const l)).
  assert (0 < / IZR (Zpos (scale l))) as Hd by (apply Rinv_0_lt_compat; auto).
  unfold Rdiv. set (d := / IZR (Zpos (scale l))) in *. intros Hx Hy.
  destruct (Rle_lt_dec 0 s).
  - assert ((s * x + c) * d <= (s * z + c) * d <= (s * y + c) * d); [|lra].
    split; apply Rmult_le_compat_r; try lra; nra.
  - assert ((s * y + c) * d <= (s * z + c) * d <= (s * x + c) * d); [|lra].
    split; apply Rmult_le_compat_r; try lra; nra.
Qed.

(* ---- trees ---- *)

(* [Split L p v range R]: L left of the knot p, R from p on; v is the value at p, and the range contains the
   values at all knots of the tree. *)
Inductive pieces :=
  | One (l : line)
  | Split (L : pieces) (p v : Q) (range : Q * Q) (R : pieces).

Fixpoint sem (t : pieces) (x : R) : R :=
  match t with
  | One l => line_sem l x
  | Split L p _ _ R => if Rlt_dec x (Q2R p) then sem L x else sem R x
  end.

Fixpoint at_point (t : pieces) (q : Q) : Q :=
  match t with
  | One l => line_at l q
  | Split L p _ _ R => if less q p then at_point L q else at_point R q
  end.

Lemma at_point_correct t q : sem t (Q2R q) = Q2R (at_point t q).
Proof.
  induction t as [l|L IHL p v r R IHR]; cbn [sem at_point]; [apply line_at_correct|].
  destruct (lessP q p) as [H|H], (Rlt_dec (Q2R q) (Q2R p)); auto; lra.
Qed.

Fixpoint first_line (t : pieces) : line := match t with One l => l | Split L _ _ _ _ => first_line L end.
Fixpoint last_line (t : pieces) : line := match t with One l => l | Split _ _ _ _ R => last_line R end.
Fixpoint knots (t : pieces) : list (Q * Q) :=
  match t with One _ => [] | Split L p v _ R => knots L ++ (p, v) :: knots R end.

(* ends of intervals, None for an infinite one *)
Definition end_less (a b : option Q) : bool := match a, b with Some a, Some b => less a b | _, _ => true end.
Definition right_of (a : option Q) (x : R) : Prop := match a with Some a => Q2R a <= x | None => True end.
Definition left_of (b : option Q) (x : R) : Prop := match b with Some b => x <= Q2R b | None => True end.

(* the knots increase strictly, between a and b, and the lines meet at the knots *)
Fixpoint joined (a : option Q) (t : pieces) (b : option Q) : bool :=
  match t with
  | One _ => true
  | Split L p v _ R =>
      end_less a (Some p) && end_less (Some p) b && same (line_at (last_line L) p) v &&
      same (line_at (first_line R) p) v && joined a L (Some p) && joined (Some p) R b
  end.

Record joined_split a L p v R b : Prop := JoinedSplit {
  above_a : forall a', a = Some a' -> Q2R a' < Q2R p;
  below_b : forall b', b = Some b' -> Q2R p < Q2R b';
  left_value : line_sem (last_line L) (Q2R p) = Q2R v;
  right_value : line_sem (first_line R) (Q2R p) = Q2R v;
  joined_left : joined a L (Some p) = true;
  joined_right : joined (Some p) R b = true }.

Lemma joinedE a L p v r R b : joined a (Split L p v r R) b = true -> joined_split a L p v R b.
Proof.
  cbn [joined]. rewrite !andb_true_iff. intros [[[[[H1 H2] H3] H4] H5] H6].
  split; auto.
  - intros a' ->. apply (reflect_true _ _ (lessP a' p) H1).
  - intros b' ->. apply (reflect_true _ _ (lessP p b') H2).
  - rewrite line_at_correct. apply (reflect_true _ _ (sameP _ _) H3).
  - rewrite line_at_correct. apply (reflect_true _ _ (sameP _ _) H4).
Qed.

Lemma sem_last t : forall a b x, joined a t (Some b) = true -> Q2R b <= x ->
  sem t x = line_sem (last_line t) x.
Proof.
  induction t as [l|L _ p v r R IHR]; intros a b x J Hx; cbn [sem last_line]; auto.
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ Hb _ _ _ JR]. specialize (Hb b eq_refl).
  destruct (Rlt_dec x (Q2R p)); [lra|]. apply (IHR (Some p) b); auto.
Qed.

Lemma sem_first t : forall a b x, joined (Some a) t b = true -> x <= Q2R a ->
  sem t x = line_sem (first_line t) x.
Proof.
  induction t as [l|L IHL p v r R _]; intros a b x J Hx; cbn [sem first_line]; auto.
  destruct (joinedE _ _ _ _ _ _ _ J) as [Ha _ _ _ JL _]. specialize (Ha a eq_refl).
  destruct (Rlt_dec x (Q2R p)); [|lra]. apply (IHL a (Some p)); auto.
Qed.

Section Split.
Context {a b : option Q} {L R : pieces} {p v : Q} {r : Q * Q}.
Hypothesis J : joined a (Split L p v r R) b = true.

Lemma sem_left x : x <= Q2R p -> sem (Split L p v r R) x = sem L x.
Proof.
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ EL ER JL JR]. intro Hx. cbn [sem].
  destruct (Rlt_dec x (Q2R p)) as [h|h]; auto. replace x with (Q2R p) by lra.
  rewrite (sem_first R p b), (sem_last L a p) by (auto; lra). congruence.
Qed.

Lemma sem_right x : Q2R p <= x -> sem (Split L p v r R) x = sem R x.
Proof. intro Hx. cbn [sem]. destruct (Rlt_dec x (Q2R p)); auto; lra. Qed.

Lemma sem_knot : sem R (Q2R p) = Q2R v.
Proof.
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ ER _ JR]. rewrite (sem_first R p b); auto; lra.
Qed.
End Split.

Lemma knots_between t : forall a b k, joined a t b = true -> In k (knots t) ->
  (forall a', a = Some a' -> Q2R a' < Q2R (fst k)) /\ (forall b', b = Some b' -> Q2R (fst k) < Q2R b').
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b k J Hk; [destruct Hk|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [Ha Hb _ _ JL JR].
  cbn [knots] in Hk. apply in_app_or in Hk as [Hk|[<-|Hk]]; auto.
  - destruct (IHL _ _ _ JL Hk) as [A B]. specialize (B p eq_refl).
    split; auto. intros b' E. specialize (Hb b' E). lra.
  - destruct (IHR _ _ _ JR Hk) as [A B]. specialize (A p eq_refl).
    split; auto. intros a' E. specialize (Ha a' E). lra.
Qed.

Lemma knot_value t : forall a b k, joined a t b = true -> In k (knots t) -> sem t (Q2R (fst k)) = Q2R (snd k).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b k J Hk; [destruct Hk|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
  cbn [knots] in Hk. apply in_app_or in Hk as [Hk|[<-|Hk]].
  - pose proof (proj2 (knots_between _ _ _ _ JL Hk) p eq_refl) as B. rewrite (sem_left J) by lra. eauto.
  - cbn [fst snd]. rewrite (sem_right (Q2R p)) by lra. apply (sem_knot J).
  - pose proof (proj1 (knots_between _ _ _ _ JR Hk) p eq_refl) as B. rewrite (sem_right (Q2R (fst k))) by lra.
    eauto.
Qed.

(* ---- the line on which both points lie, if there is one ---- *)

Fixpoint common_line (t : pieces) (u w : Q) : option line :=
  match t with
  | One l => Some l
  | Split L p _ _ R =>
      if leq u p && leq w p then common_line L u w
      else if leq p u && leq p w then common_line R u w
      else None
  end.

Definition between (u w x : R) : Prop := u <= x <= w \/ w <= x <= u.

Lemma common_line_correct t : forall a b u w l x, joined a t b = true -> common_line t u w = Some l ->
  between (Q2R u) (Q2R w) x -> sem t x = line_sem l x.
Proof.
  induction t as [k|L IHL p v r R IHR]; intros a b u w l x J H Hx; cbn [common_line] in H.
  - injection H as <-. reflexivity.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. unfold between in *.
    destruct (leqP u p), (leqP w p), (leqP p u), (leqP p w); cbn [andb] in H; try discriminate;
      first [rewrite (sem_left J) by lra; apply (IHL a (Some p) u w l x); auto
            |rewrite (sem_right x) by lra; apply (IHR (Some p) b u w l x); auto].
Qed.

(* ---- a Lipschitz constant ---- *)

Fixpoint steepest (t : pieces) : Z :=
  match t with
  | One l => (Z.abs (slope l) / Zpos (scale l) + 1)%Z
  | Split L _ _ _ R => Z.max (steepest L) (steepest R)
  end.

Lemma steepest_correct t : forall a b x y, joined a t b = true ->
  Rabs (sem t x - sem t y) <= IZR (steepest t) * Rabs (x - y).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b x y J; cbn [steepest].
  - cbn [sem]. unfold line_sem. set (D := scale l). pose proof (pos_R D).
    replace
      ((IZR (slope l) * x + IZR (const l)) / IZR (Zpos D) - (IZR (slope l) * y + IZR (const l)) / IZR
        (Zpos D))
      with (IZR (slope l) / IZR (Zpos D) * (x - y)) by (field; lra).
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
    unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat; lra).
    rewrite <- abs_IZR. apply (Rmult_le_reg_r (IZR (Zpos D))); auto.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, <- mult_IZR by lra. apply IZR_le.
    pose proof (Z.div_mod (Z.abs (slope l)) (Zpos D) ltac:(lia)).
    pose proof (Z.mod_pos_bound (Z.abs (slope l)) (Zpos D) ltac:(lia)). nia.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. set (M := Z.max (steepest L) (steepest R)).
    assert (ML : IZR (steepest L) <= IZR M) by (apply IZR_le; lia).
    assert (MR : IZR (steepest R) <= IZR M) by (apply IZR_le; lia).
    pose proof (sem_left J (Q2R p) (Rle_refl _)) as EL.
    pose proof (sem_right (L := L) (v := v) (r := r) (R := R) (Q2R p) (Rle_refl _)) as ER.
    assert
      (G : forall x y, y <= x -> Rabs (sem (Split L p v r R) x - sem (Split L p v r R) y) <= IZR M * (x - y)).
    { clear x y. intros x y Hxy. pose proof (fun u w => IHL _ _ u w JL) as BL.
      pose proof (fun u w => IHR _ _ u w JR) as BR.
      assert (SL : forall u w, w <= u -> Rabs (sem L u - sem L w) <= IZR M * (u - w)).
      { intros u w Huw. specialize (BL u w). rewrite (Rabs_right (u - w)) in BL by lra. nra. }
      assert (SR : forall u w, w <= u -> Rabs (sem R u - sem R w) <= IZR M * (u - w)).
      { intros u w Huw. specialize (BR u w). rewrite (Rabs_right (u - w)) in BR by lra. nra. }
      destruct (Rle_lt_dec x (Q2R p)); [rewrite !(sem_left J) by lra; apply SL; auto|].
      destruct (Rle_lt_dec (Q2R p) y); [rewrite !sem_right by lra; apply SR; auto|].
      rewrite (sem_right x), (sem_left J y) by lra.
      specialize (SL (Q2R p) y ltac:(lra)). specialize (SR x (Q2R p) ltac:(lra)).
      replace (sem R x - sem L y) with ((sem R x - sem R (Q2R p)) + (sem L (Q2R p) - sem L y)) by lra.
      eapply Rle_trans; [apply Rabs_triang|]. lra. }
    destruct (Rle_lt_dec y x) as [h|h].
    + rewrite (Rabs_right (x - y)) by lra. apply G; auto.
    + rewrite (Rabs_left (x - y)), Rabs_minus_sym, Ropp_minus_distr by lra. apply G; lra.
Qed.
