(* The check of order on the line is complete, but for level 0 where f exchanges the infinities: if
   f^(2m)(x) = x implies f^m(x) = x, then some mesh from -infinity to +infinity passes.

   Far out every iterate of f is one line; between, the mesh of an interval is enough. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces Cells EndPoints LineMesh.
Import ListNotations.
Local Open Scope R_scope.

(* ---- ends that are the same up to the way their fractions are written ---- *)

Definition same_end (u w : end_point) : Prop :=
  match u, w with
  | Finite a, Finite b => Q2R a = Q2R b
  | MinusInfinity, MinusInfinity | PlusInfinity, PlusInfinity => True
  | _, _ => False
  end.

Lemma same_end_refl u : same_end u u.
Proof. destruct u; simpl; auto. Qed.

Lemma ends_leq_same u u' p : same_end u u' ->
  ends_leq u (Finite p) = ends_leq u' (Finite p) /\ ends_leq (Finite p) u = ends_leq (Finite p) u'.
Proof.
  destruct u as [|a|], u' as [|b|]; simpl; try tauto. intro E.
  split; [destruct (leqP a p), (leqP b p)|destruct (leqP p a), (leqP p b)]; auto; lra.
Qed.

Lemma shared_line_same t u u' w w' : same_end u u' -> same_end w w' ->
  shared_line t u w = shared_line t u' w'.
Proof.
  intros Hu Hw. induction t as [l|L IHL p v r R IHR]; cbn [shared_line]; auto.
  destruct (ends_leq_same u u' p Hu) as [E1 E2], (ends_leq_same w w' p Hw) as [E3 E4].
  rewrite E1, E2, E3, E4, IHL, IHR. reflexivity.
Qed.

Lemma shared_line_swap t u w : shared_line t u w = shared_line t w u.
Proof.
  induction t as [l|L IHL p v r R IHR]; cbn [shared_line]; auto.
  rewrite IHL, IHR, (andb_comm (ends_leq u _)), (andb_comm (ends_leq _ u)). reflexivity.
Qed.

Lemma shared_line_point t a : shared_line t (Finite a) (Finite a) <> None.
Proof.
  induction t as [l|L IHL p v r R IHR]; cbn [shared_line ends_leq]; [discriminate|].
  destruct (leqP a p), (leqP p a); cbn [andb]; auto; lra.
Qed.

(* ---- far out ---- *)

Lemma shared_line_right t : exists M, forall a, M <= Q2R a ->
  shared_line t (Finite a) PlusInfinity = Some (last_line t).
Proof.
  induction t as [l|L _ p v r R [M HM]]; [exists 0; auto|]. exists (Rmax M (Q2R p + 1)). intros a Ha.
  pose proof (Rmax_l M (Q2R p + 1)). pose proof (Rmax_r M (Q2R p + 1)). cbn [shared_line ends_leq last_line].
  rewrite andb_false_r. destruct (leqP p a); [|lra]. cbn [andb]. apply HM. lra.
Qed.

Lemma shared_line_left t : exists M, forall a, Q2R a <= M ->
  shared_line t (Finite a) MinusInfinity = Some (first_line t).
Proof.
  induction t as [l|L [M HM] p v r R _]; [exists 0; auto|]. exists (Rmin M (Q2R p - 1)). intros a Ha.
  pose proof (Rmin_l M (Q2R p - 1)). pose proof (Rmin_r M (Q2R p - 1)). cbn [shared_line ends_leq first_line].
  destruct (leqP a p); [|lra]. cbn [andb]. apply HM. lra.
Qed.

(* x is beyond M towards the infinite end e *)
Definition beyond (e : end_point) (M x : R) : Prop :=
  match e with PlusInfinity => M <= x | MinusInfinity => x <= - M | Finite _ => False end.

Lemma line_beyond k e B : (slope k <> 0)%Z -> exists M, forall x, beyond e M x ->
  beyond (end_value k e) B (line_sem k x).
Proof.
  intro Hs. pose proof (pos_R (scale k)) as P. set (s := IZR (slope k)). set (c := IZR (const k)).
  assert (Form : forall x, line_sem k x = s * (x * / IZR (Zpos (scale k))) + c * / IZR (Zpos (scale k))).
  { intro x. unfold line_sem, s, c. field; lra. }
  set (d := / IZR (Zpos (scale k))) in *. assert (0 < d) as Hd by (apply Rinv_0_lt_compat; auto).
  set (N := (Rabs B + Rabs (c * d)) * / d).
  assert (EN : N * d = Rabs B + Rabs (c * d)) by (unfold N; field; lra).
  assert (HN : 0 <= N * d) by (rewrite EN; pose proof (Rabs_pos B); pose proof (Rabs_pos (c * d)); lra).
  pose proof (Rle_abs B) as B1. pose proof (Rle_abs (- B)) as B2. rewrite Rabs_Ropp in B2.
  pose proof (Rle_abs (c * d)) as C1. pose proof (Rle_abs (- (c * d))) as C2. rewrite Rabs_Ropp in C2.
  exists N. intros x Hx. rewrite Form.
  assert (Big : forall y z, N * d <= y -> 1 <= z -> Rabs B + Rabs (c * d) <= z * y).
  { intros y z Hy Hz. rewrite <- EN. nra. }
  assert (Sign : (1 <= s \/ s <= -1)%R).
  { unfold s.
    destruct (Z_lt_le_dec 0 (slope k)); [left; apply (IZR_le 1)|right; apply (IZR_le _ (-1))]; lia. }
  unfold end_value, s in *. destruct e as [|q|]; simpl in Hx; try tauto;
    (destruct (slope k) as [|n|n] eqn:E; [congruence| |]); cbn [beyond];
    pose proof (pos_R n) as Pn; try change (IZR (Z.neg n)) with (- IZR (Zpos n)) in *.
  - specialize (Big (- (x * d)) (IZR (Zpos n)) ltac:(nra) ltac:(lra)). nra.
  - specialize (Big (- (x * d)) (IZR (Zpos n)) ltac:(nra) ltac:(lra)). nra.
  - specialize (Big (x * d) (IZR (Zpos n)) ltac:(nra) ltac:(lra)). nra.
  - specialize (Big (x * d) (IZR (Zpos n)) ltac:(nra) ltac:(lra)). nra.
Qed.

(* the limit of a line after a line *)
Lemma end_value_compose j k e w : (forall q, e <> Finite q) -> same_end w (end_value k e) ->
  same_end (end_value j w) (end_value (compose j k) e).
Proof.
  intros He Hw. pose proof (pos_R (scale j)) as Pj. pose proof (pos_R (scale k)) as Pk.
  assert (Const : slope j = 0%Z \/ slope k = 0%Z ->
    end_value (compose j k) e = Finite (const (compose j k) # scale (compose j k))).
  { intro E. assert (E0 : slope (compose j k) = 0%Z) by (cbn [compose slope]; destruct E as [-> | ->]; ring).
    unfold end_value. rewrite E0. destruct e; auto. exfalso; eapply He; eauto. }
  destruct (Z.eq_dec (slope k) 0) as [Ek|Ek].
  - rewrite Const by auto. assert (Ev : end_value k e = Finite (const k # scale k)).
    { unfold end_value. rewrite Ek. destruct e; auto. exfalso; eapply He; eauto. }
    rewrite Ev in Hw. destruct w as [|c|]; try contradiction. cbn [end_value same_end] in *.
    rewrite <- line_at_correct, Hw, !Q2R_make. unfold line_sem, compose. cbn [const scale].
    rewrite Pos2Z.inj_mul, plus_IZR, !mult_IZR. field; lra.
  - destruct (Z.eq_dec (slope j) 0) as [Ej|Ej].
    + rewrite Const by auto.
      assert (Ev : end_value j w = Finite (const j # scale j) \/ exists c, w = Finite c).
      { unfold end_value. rewrite Ej. destruct w; eauto. }
      destruct Ev as [-> | [c ->]].
      * cbn [same_end]. rewrite !Q2R_make. unfold compose. cbn [const scale]. rewrite Ej.
        rewrite Pos2Z.inj_mul, plus_IZR, !mult_IZR. field; lra.
      * exfalso. unfold end_value in Hw.
        destruct e; [|eapply He; eauto|]; destruct (slope k); simpl in Hw; congruence || tauto.
    + assert (Ew : w = end_value k e).
      { unfold end_value in *.
        destruct e; [|exfalso; eapply He; eauto|]; destruct (slope k), w; simpl in *; congruence || tauto. }
      subst w. unfold end_value, compose. cbn [slope].
      destruct e; [|exfalso; eapply He; eauto|]; destruct (slope k), (slope j); simpl; congruence || exact I.
Qed.

Lemma tail t e n : (forall q, e <> Finite q) -> forall k, exists M, forall x a w l, beyond e M x ->
  Q2R a = line_sem k x -> same_end w (end_value k e) -> composed t n (Finite a) w l <> None.
Proof.
  intro He. induction n as [|n IH]; intro k; [exists 0; discriminate|].
  assert (S : exists M j, forall x a w, beyond e M x -> Q2R a = line_sem k x ->
    same_end w (end_value k e) -> shared_line t (Finite a) w = Some j).
  { destruct (Z.eq_dec (slope k) 0) as [E|E].
    - set (c := const k # scale k). destruct (shared_line t (Finite c) (Finite c)) as [j|] eqn:Ej;
        [|exfalso; exact (shared_line_point t c Ej)].
      exists 0, j. intros x a w _ Ea Hw. rewrite <- Ej. apply shared_line_same.
      + cbn [same_end]. rewrite Ea. unfold line_sem, c. rewrite E, Q2R_make. f_equal. ring.
      + unfold end_value in Hw. rewrite E in Hw. destruct e; [exact Hw|exfalso; eapply He; eauto|exact Hw].
    - destruct (shared_line_right t) as [Mr Hr], (shared_line_left t) as [Ml Hl].
      destruct (line_beyond k e (Rabs Mr + Rabs Ml) E) as [M HM].
      pose proof (Rle_abs Mr). pose proof (Rle_abs (- Ml)) as A. rewrite Rabs_Ropp in A.
      pose proof (Rabs_pos Mr). pose proof (Rabs_pos Ml).
      destruct (end_value k e) as [|q|] eqn:Ev.
      + exists M, (first_line t). intros x a w Hx Ea Hw. destruct w; try contradiction.
        apply Hl. rewrite Ea. specialize (HM x Hx). simpl in HM. lra.
      + exfalso. unfold end_value in Ev. destruct e; [|eapply He; eauto|]; destruct (slope k); congruence.
      + exists M, (last_line t). intros x a w Hx Ea Hw. destruct w; try contradiction.
        apply Hr. rewrite Ea. specialize (HM x Hx). simpl in HM. lra. }
  destruct S as (M1 & j & Hj). destruct (IH (compose j k)) as [M2 H2].
  exists (Rmax M1 M2). intros x a w l Hx Ea Hw. cbn [composed].
  pose proof (Rmax_l M1 M2). pose proof (Rmax_r M1 M2).
  assert (X : beyond e M1 x /\ beyond e M2 x) by (destruct e; simpl in *; try tauto; lra).
  rewrite (Hj x a w) by tauto. cbn [end_value]. apply (H2 x); [tauto| |apply end_value_compose; auto].
  rewrite <- line_at_correct, Ea, compose_correct. reflexivity.
Qed.

(* ---- cells pass ---- *)

Lemma composed_swap t n : forall u w l, composed t n w u l =
  match composed t n u w l with Some (u', w', l') => Some (w', u', l') | None => None end.
Proof.
  induction n as [|n IH]; intros u w l; cbn [composed]; auto. rewrite (shared_line_swap t w u).
  destruct (shared_line t u w); auto.
Qed.

Lemma composed_add t n k : forall u w l, composed t (n + k) u w l =
  match composed t n u w l with Some (u', w', l') => composed t k u' w' l' | None => None end.
Proof.
  induction n as [|n IH]; intros u w l; cbn [composed Nat.add]; auto. destruct (shared_line t u w); auto.
Qed.

Lemma composed_affine t n : forall u w l, affine t n u w <> None ->
  composed t n (Finite u) (Finite w) l <> None.
Proof.
  assert (E : forall s u w, shared_line s (Finite u) (Finite w) = common_line s u w).
  { induction s as [l|L IHL p v r R IHR]; intros u w; cbn [shared_line common_line ends_leq]; auto.
    rewrite IHL, IHR. reflexivity. }
  induction n as [|n IH]; intros u w l H; cbn [affine composed] in *; [discriminate|].
  rewrite E. destruct (common_line t u w); [|congruence]. cbn [end_value]. apply IH, H.
Qed.

Lemma fixed_alike_complete k l a b x y : in_cell a b x -> in_cell a b y -> x <> y ->
  (forall z, in_cell a b z -> line_sem l z = z -> line_sem k z = z) -> fixed_alike k l a b = true.
Proof.
  intros Hx Hy Hne H. pose proof (pos_R (scale l)) as Pl. pose proof (pos_R (scale k)) as Pk.
  assert (Fix : forall i z, line_sem i z = z <-> IZR (slope i - Zpos (scale i)) * z + IZR (const i) = 0).
  { intros i z. rewrite minus_IZR. unfold line_sem. pose proof (pos_R (scale i)). split; intro E.
    - apply (f_equal (fun y => y * IZR (Zpos (scale i)))) in E. unfold Rdiv in E.
      rewrite Rmult_assoc, Rinv_l in E by lra. lra.
    - apply (Rmult_eq_reg_r (IZR (Zpos (scale i)))); [|lra]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (G : forall q, IZR (slope l - Zpos (scale l)) * Q2R q + IZR (const l) = 0 ->
    same (line_at k q) q || negb (ends_leq a (Finite q)) || negb (ends_leq (Finite q) b) = true).
  { intros q E. apply Fix in E. destruct (ends_leq a (Finite q)) eqn:Ea; [|rewrite orb_true_r; reflexivity].
    destruct (ends_leq (Finite q) b) eqn:Eb; [|apply orb_true_r]. rewrite !orb_false_r.
    assert (Hq : in_cell a b (Q2R q)).
    { split; [apply (leq_at_least _ _ _ Ea)|apply (leq_at_most _ _ _ Eb)]; simpl; lra. }
    specialize (H _ Hq E). rewrite line_at_correct in H. destruct (sameP (line_at k q) q); auto. }
  unfold fixed_alike. destruct (slope l - Zpos (scale l))%Z as [|s|s] eqn:Es.
  - destruct (Z.eqb_spec (const l) 0) as [Ec|]; auto. cbn [negb orb].
    assert (Id : forall z, in_cell a b z -> IZR (slope k - Zpos (scale k)) * z + IZR (const k) = 0).
    { intros z Hz. apply Fix, H; auto. apply Fix. rewrite Es, Ec. ring. }
    pose proof (Id x Hx) as Ix. pose proof (Id y Hy) as Iy.
    assert (Sk : IZR (slope k - Zpos (scale k)) = 0).
    { apply (Rmult_eq_reg_r (x - y)); [|lra]. lra. }
    rewrite Sk in Ix. assert (Ck : IZR (const k) = 0) by lra.
    apply eq_IZR in Sk, Ck. apply andb_true_iff. rewrite !Z.eqb_eq. lia.
  - apply G. cbn [Z.sgn Z.abs Z.to_pos]. rewrite Q2R_make, Z.mul_1_r, opp_IZR. pose proof (pos_R s).
    field; lra.
  - apply G. cbn [Z.sgn Z.abs Z.to_pos]. rewrite Q2R_make, mult_IZR, opp_IZR. change (IZR (-1)) with (-1).
    change (IZR (Z.neg s)) with (- IZR (Zpos s)). pose proof (pos_R s). field; lra.
Qed.

Section Complete.
Variables (t : pieces) (m : nat) (f : R -> R).
Hypothesis Ht : joined None t None = true.
Hypothesis Hf : forall x, sem t x = f x.
Hypothesis Hgood : forall x, iter (2 * m) f x = x -> iter m f x = x.

Lemma line_cell_complete a b x y : composed t (m + m) a b (Line 1 0 1) <> None ->
  in_cell a b x -> in_cell a b y -> x <> y -> line_cell t m a b = true.
Proof.
  intros H Hx Hy Hne. rewrite composed_add in H. unfold line_cell.
  destruct (composed t m a b (Line 1 0 1)) as [[[u w] k]|] eqn:E1; [|congruence].
  destruct (composed t m u w k) as [[[u' w'] l]|] eqn:E2; [|congruence].
  rewrite (fixed_alike_complete k l a b x y); auto. intros z Hz El.
  assert (Ez : line_sem (Line 1 0 1) z = z) by (unfold line_sem; cbn [slope const scale]; field).
  destruct (composed_correct t f Ht Hf m z _ _ _ _ _ _ E1) as [Ek S]; [rewrite Ez; left; exact Hz|].
  destruct (composed_correct t f Ht Hf m z _ _ _ _ _ _ E2 S) as [E _]. rewrite Ez in Ek.
  rewrite <- Ek. apply Hgood. replace (2 * m)%nat with (m + m)%nat by lia. rewrite iter_add, Ek, E. exact El.
Qed.

Lemma tail_cell e : (forall q, e <> Finite q) -> exists M, forall a, beyond e M (Q2R a) ->
  composed t (m + m) (Finite a) e (Line 1 0 1) <> None.
Proof.
  intro He. destruct (tail t e (m + m) He (Line 1 0 1)) as [M HM]. exists M. intros a Ha.
  apply (HM (Q2R a)); auto.
  - unfold line_sem; cbn [slope const scale]. field.
  - unfold end_value. cbn [slope]. destruct e; simpl; auto. exfalso; eapply He; eauto.
Qed.

Lemma above M : exists q, M <= Q2R q.
Proof. exists (up M # 1). rewrite Q2R_make. destruct (archimed M). lra. Qed.

Lemma finite_cells mesh : forall a, chain (signed t f (fun _ => True) True (2 * m)) a mesh ->
  line_cell t m (Finite (last mesh a)) PlusInfinity = true ->
  line_cells t m (Finite a) (map Finite mesh ++ [PlusInfinity]) = true.
Proof.
  induction mesh as [|b mesh IH]; intros a C HL; cbn [map app line_cells].
  - simpl in HL. rewrite HL. reflexivity.
  - destruct C as [[[_ _ _ Hlt Hp _] _] C]. rewrite last_cons in HL.
    rewrite (line_cell_complete (Finite a) (Finite b) (Q2R a) (Q2R b)); [apply IH; auto| | | |].
    + apply composed_affine. replace (m + m)%nat with (2 * m)%nat by lia.
      destruct (passed_affine t f (fun _ => True) (fun _ _ => I) Ht (fun x _ => Hf x) (2 * m) a b I I Hp) as
        (u & w & ->).
      discriminate.
    + specialize (Hlt I). split; simpl; lra.
    + specialize (Hlt I). split; simpl; lra.
    + specialize (Hlt I). lra.
Qed.

Theorem line_check_complete :
  negb ((slope (first_line t) <? 0)%Z && (slope (last_line t) <? 0)%Z) || Nat.even m = true ->
  exists mesh, line_check t m 0 mesh = true.
Proof.
  intro Heven.
  destruct (tail_cell PlusInfinity) as [M1 H1]; [discriminate|].
  destruct (tail_cell MinusInfinity) as [M2 H2]; [discriminate|].
  destruct (above (Rmax M1 1)) as [hi Hhi]. destruct (above (Rmax M2 1)) as [lo' Hlo'].
  pose proof (Rmax_l M1 1). pose proof (Rmax_r M1 1). pose proof (Rmax_l M2 1). pose proof (Rmax_r M2 1).
  set (lo := (- lo')%Q). assert (Elo : Q2R lo = - Q2R lo') by apply Q2R_opp.
  destruct
    (covering_signed t f (fun _ => True) True lo hi (fun _ _ _ _ _ _ => I) (fun _ _ => I) Ht
      (fun x _ => Hf x))
    with (n := (2 * m)%nat) as [mesh [C [E Hne]]]; auto; try lra.
  exists (MinusInfinity :: Finite lo :: map Finite mesh ++ [PlusInfinity]).
  unfold line_check. rewrite Heven, andb_true_r. cbn [images_on fst snd].
  assert (L : last (Finite lo :: map Finite mesh ++ [PlusInfinity]) MinusInfinity = PlusInfinity).
  { rewrite last_cons. apply last_last. }
  rewrite L. cbn [ends_leq andb line_cells].
  rewrite (line_cell_complete MinusInfinity (Finite lo) (Q2R lo) (Q2R lo - 1)).
  - apply finite_cells; auto. rewrite E.
    apply (line_cell_complete _ _ (Q2R hi) (Q2R hi + 1)); [apply H1; simpl; lra| | |lra]; split; simpl;
      auto; lra.
  - rewrite composed_swap. specialize (H2 lo ltac:(simpl; lra)).
    destruct (composed t (m + m) (Finite lo) MinusInfinity (Line 1 0 1)) as [[[u w] l]|];
      [discriminate|congruence].
  - split; simpl; auto; lra.
  - split; simpl; auto; lra.
  - lra.
Qed.
End Complete.
