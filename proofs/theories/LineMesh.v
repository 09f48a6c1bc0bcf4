(* The check of a certificate of order on the whole line. As on an interval, but the mesh may end at
   infinity; so on a cell on which f^(2m) is affine, its line and that of f^m are composed and compared
   with the identity. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Order Rational Lipschitz Pieces Cells EndPoints.
From Certify Require Line.
Import ListNotations.
Local Open Scope R_scope.
Local Open Scope lazy_bool_scope.

(* ---- the check ---- *)

Definition compose (k l : line) : line :=
  Line (slope k * slope l) (slope k * const l + Zpos (scale l) * const k) (scale k * scale l).

Lemma compose_correct k l x : line_sem (compose k l) x = line_sem k (line_sem l x).
Proof.
  unfold line_sem, compose. cbn [slope const scale]. rewrite Pos2Z.inj_mul, plus_IZR, !mult_IZR.
  pose proof (pos_R (scale k)). pose proof (pos_R (scale l)). field; lra.
Qed.

Section Check.
Variables (t : pieces) (m : nat).

Fixpoint image_on (t : pieces) (a b : end_point) : end_point * end_point :=
  match t with
  | One l => let u := end_value l a in let w := end_value l b in (ends_min u w, ends_max u w)
  | Split L p _ _ R =>
      if ends_leq b (Finite p) then image_on L a b
      else if ends_leq (Finite p) a then image_on R a b
      else
        let I := image_on L a (Finite p) in
        let K := image_on R (Finite p) b in
        (ends_min (fst I) (fst K), ends_max (snd I) (snd K))
  end.

Fixpoint images_on (n : nat) (a b : end_point) : end_point * end_point :=
  match n with O => (a, b) | S n => let I := image_on t a b in images_on n (fst I) (snd I) end.

Fixpoint shared_line (t : pieces) (u w : end_point) : option line :=
  match t with
  | One l => Some l
  | Split L p _ _ R =>
      if ends_leq u (Finite p) && ends_leq w (Finite p) then shared_line L u w
      else if ends_leq (Finite p) u && ends_leq (Finite p) w then shared_line R u w
      else None
  end.

(* the ends of f^n of the span of u and w, and the line of f^n after the line l, if all is affine *)
Fixpoint composed (n : nat) (u w : end_point) (l : line) : option (end_point * end_point * line) :=
  match n with
  | O => Some (u, w, l)
  | S n =>
      match shared_line t u w with
      | Some k => composed n (end_value k u) (end_value k w) (compose k l)
      | None => None
      end
  end.

(* l(x) = x implies k(x) = x from a to b *)
Definition fixed_alike (k l : line) (a b : end_point) : bool :=
  match (slope l - Zpos (scale l))%Z with
  | Z0 => negb (const l =? 0)%Z || ((slope k =? Zpos (scale k))%Z && (const k =? 0)%Z)
  | s =>
      let x := (- const l * Z.sgn s)%Z # (Z.to_pos (Z.abs s)) in
      same (line_at k x) x || negb (ends_leq a (Finite x)) || negb (ends_leq (Finite x) b)
  end.

(* a cell that is a single point, which k fixes: a core on which f is constant *)
Definition fixed_point (k : line) (a b : end_point) : bool :=
  match a, b with Finite p, Finite q => same p q && same (line_at k p) p | _, _ => false end.

Definition line_cell (a b : end_point) : bool :=
  match composed m a b (Line 1 0 1) with
  | None => false
  | Some (u, w, k) =>
      match composed m u w k with
      | None => false
      | Some (_, _, l) => fixed_alike k l a b ||| fixed_point k a b
      end
  end.

Definition moved_cell (a b : end_point) : bool :=
  let I := images_on (2 * m) a b in negb (ends_leq (fst I) b) || negb (ends_leq a (snd I)).

Fixpoint line_cells (a : end_point) (mesh : list end_point) : bool :=
  match mesh with [] => true | b :: rest => (line_cell a b ||| moved_cell a b) &&& line_cells b rest end.

(* where f exchanges the infinities they are a cycle of period 2 *)
Definition line_check (core_steps : nat) (mesh : list end_point) : bool :=
  match mesh with
  | [] => false
  | a :: others =>
      let rest := match others with [] => [a] | _ => others end in
      let I := images_on core_steps MinusInfinity PlusInfinity in
      ends_leq a (fst I) && ends_leq (snd I) (last rest a) && line_cells a rest &&
      (negb ((slope (first_line t) <? 0)%Z && (slope (last_line t) <? 0)%Z) || Nat.even m)
  end.

(* ---- soundness ---- *)

Variable f : R -> R.
Hypothesis Ht : joined None t None = true.
Hypothesis Hf : forall x, sem t x = f x.

Lemma image_on_correct u : forall a' b' a b x, joined a' u b' = true -> in_cell a b x ->
  in_cell (fst (image_on u a b)) (snd (image_on u a b)) (sem u x).
Proof.
  induction u as [l|L IHL p v r R IHR]; intros a' b' a b x J Hx; cbn [image_on].
  - destruct Hx as [Ha Hb]. cbn [fst snd sem].
    assert (S : rising l \/ falling l) by (unfold rising, falling; lia).
    destruct (end_value_at_least l a x Ha), (end_value_at_most l b x Hb).
    split; [apply at_least_min|apply at_most_max]; tauto.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
    destruct (ends_leq b (Finite p)) eqn:Eb.
    { pose proof (leq_at_most _ _ x Eb (proj2 Hx)) as Hp. rewrite (sem_left J) by exact Hp.
      apply (IHL a' (Some p)); auto. }
    destruct (ends_leq (Finite p) a) eqn:Ea.
    { pose proof (leq_at_least _ _ x Ea (proj1 Hx)) as Hp. rewrite (sem_right x) by exact Hp.
      apply (IHR (Some p) b'); auto. }
    cbn [fst snd]. destruct Hx as [Hxa Hxb]. destruct (Rle_lt_dec x (Q2R p)) as [h|h].
    + rewrite (sem_left J) by exact h.
      destruct (IHL a' (Some p) a (Finite p) x JL) as [H1 H2]; [split; auto|].
      split; [apply at_least_min|apply at_most_max]; auto.
    + rewrite (sem_right x) by lra.
      destruct (IHR (Some p) b' (Finite p) b x JR) as [H1 H2]; [split; simpl; auto; lra|].
      split; [apply at_least_min|apply at_most_max]; auto.
Qed.

Lemma images_on_correct n : forall a b x, in_cell a b x ->
  in_cell (fst (images_on n a b)) (snd (images_on n a b)) (iter n f x).
Proof.
  induction n as [|n IH]; intros a b x Hx; auto. rewrite iter_S. cbn [images_on].
  apply IH. rewrite <- Hf. apply (image_on_correct t None None); auto.
Qed.

Lemma shared_line_correct u : forall a' b' v w l x, joined a' u b' = true -> shared_line u v w = Some l ->
  spanned v w x -> sem u x = line_sem l x.
Proof.
  induction u as [k|L IHL p q r R IHR]; intros a' b' v w l x J H Hx; cbn [shared_line] in H.
  - injection H as <-. reflexivity.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
    destruct (ends_leq v (Finite p) && ends_leq w (Finite p)) eqn:E1.
    + apply andb_true_iff in E1 as [Ev Ew]. assert (Hp : at_most (Finite p) x).
      { destruct Hx as [[_ Hx]|[_ Hx]]; [apply (leq_at_most w)|apply (leq_at_most v)]; auto. }
      rewrite (sem_left J) by exact Hp. apply (IHL a' (Some p) v w); auto.
    + destruct (ends_leq (Finite p) v && ends_leq (Finite p) w) eqn:E2; [|discriminate].
      apply andb_true_iff in E2 as [Ev Ew]. assert (Hp : at_least (Finite p) x).
      { destruct Hx as [[Hx _]|[Hx _]]; [apply (leq_at_least _ v)|apply (leq_at_least _ w)]; auto. }
      rewrite (sem_right x) by exact Hp. apply (IHR (Some p) b' v w); auto.
Qed.

Lemma composed_correct n x : forall u w l u' w' l', composed n u w l = Some (u', w', l') ->
  spanned u w (line_sem l x) ->
  iter n f (line_sem l x) = line_sem l' x /\ spanned u' w' (line_sem l' x).
Proof.
  induction n as [|n IH]; intros u w l u' w' l' H Hx; cbn [composed] in H.
  - injection H as <- <- <-. auto.
  - destruct (shared_line t u w) as [k|] eqn:E; [|discriminate].
    rewrite iter_S, <- Hf, (shared_line_correct t None None u w k) by auto.
    rewrite <- compose_correct in *. apply (IH _ _ _ _ _ _ H). rewrite compose_correct.
    apply line_spanned, Hx.
Qed.

Lemma fixed_alike_sound k l a b x : fixed_alike k l a b = true -> in_cell a b x ->
  line_sem l x = x -> line_sem k x = x.
Proof.
  unfold fixed_alike. intros H [Ha Hb] El.
  assert (E : IZR (slope l - Zpos (scale l)) * x + IZR (const l) = 0).
  { rewrite minus_IZR. unfold line_sem in El. pose proof (pos_R (scale l)).
    apply (f_equal (fun y => y * IZR (Zpos (scale l)))) in El. unfold Rdiv in El.
    rewrite Rmult_assoc, Rinv_l in El by lra. lra. }
  assert (G : forall y, x = Q2R y ->
    same (line_at k y) y || negb (ends_leq a (Finite y)) || negb (ends_leq (Finite y) b) = true ->
      line_sem k x = x).
  { intros y Ey HG. rewrite !orb_true_iff, !negb_true_iff in HG. destruct HG as [[HG|HG]|HG].
    - rewrite Ey, line_at_correct. apply (reflect_true _ _ (sameP _ _) HG).
    - exfalso. destruct a as [|a|]; simpl in *; try tauto; try discriminate.
      destruct (leqP a y); [discriminate|lra].
    - exfalso. destruct b as [|b|]; simpl in *; try tauto; try discriminate.
      destruct (leqP y b); [discriminate|lra]. }
  destruct (slope l - Zpos (scale l))%Z as [|s|s].
  - apply orb_true_iff in H as [H|H].
    + apply negb_true_iff, Z.eqb_neq in H. exfalso. apply H, eq_IZR. lra.
    + apply andb_true_iff in H as [H1 H2]. apply Z.eqb_eq in H1, H2. unfold line_sem. rewrite H1, H2.
      pose proof (pos_R (scale k)). field; lra.
  - apply (G _) in H; auto. cbn [Z.sgn Z.abs Z.to_pos]. rewrite Q2R_make, Z.mul_1_r, opp_IZR.
    pose proof (pos_R s). apply (Rmult_eq_reg_r (IZR (Zpos s))); [|lra].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - apply (G _) in H; auto. cbn [Z.sgn Z.abs Z.to_pos]. rewrite Q2R_make, mult_IZR, opp_IZR.
    change (IZR (Z.neg s)) with (- IZR (Zpos s)) in E. pose proof (pos_R s).
    apply (Rmult_eq_reg_r (IZR (Zpos s))); [|lra]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
    change (IZR (-1)) with (-1). lra.
Qed.

Lemma fixed_point_sound k a b x : fixed_point k a b = true -> in_cell a b x -> line_sem k x = x.
Proof.
  unfold fixed_point. intros H [Ha Hb]. destruct a as [|p|], b as [|q|]; try discriminate. simpl in Ha, Hb.
  apply andb_true_iff in H as [Hpq Hk]. apply (reflect_true _ _ (sameP _ _)) in Hpq, Hk.
  rewrite <- line_at_correct in Hk. replace x with (Q2R p) by lra. exact Hk.
Qed.

Lemma line_cells_sound mesh : forall a, line_cells a mesh = true -> mesh <> [] ->
  forall x, in_cell a (last mesh a) x -> iter (2 * m) f x = x -> iter m f x = x.
Proof.
  induction mesh as [|b mesh IH]; intros a H Hne x Hx; [congruence|]. clear Hne.
  cbn [line_cells] in H. rewrite <- orb_lazy_alt, <- andb_lazy_alt in H.
  apply andb_true_iff in H as [Hcell H]. rewrite last_cons in Hx.
  assert (D : at_most b x \/ (at_least b x /\ mesh <> [])).
  { destruct mesh as [|c mesh]; [left; apply Hx|].
    destruct b as [|b|]; simpl; auto; [right; split; auto; congruence|].
    destruct (Rle_lt_dec x (Q2R b)); [left|right; split; [lra|congruence]]; auto. }
  destruct D as [D|[D Hne]]; [|apply (IH b); auto; split; [exact D|apply Hx]].
  assert (C : in_cell a b x) by (split; [apply Hx|exact D]). clear Hx D IH H. intro E.
  apply orb_true_iff in Hcell as [Hcell|Hcell].
  - unfold line_cell in Hcell.
    destruct (composed m a b (Line 1 0 1)) as [[[u w] k]|] eqn:E1; [|discriminate].
    destruct (composed m u w k) as [[[u' w'] l]|] eqn:E2; [|discriminate].
    assert (Ex : line_sem (Line 1 0 1) x = x) by (unfold line_sem; cbn [slope const scale]; field).
    destruct (composed_correct m x _ _ _ _ _ _ E1) as [Ek S]; [rewrite Ex; left; exact C|].
    destruct (composed_correct m x _ _ _ _ _ _ E2 S) as [El _]. rewrite Ex in Ek.
    rewrite Ek. rewrite <- orb_lazy_alt in Hcell. apply orb_true_iff in Hcell as [Hcell|Hcell].
    + apply (fixed_alike_sound k l a b); auto.
      rewrite <- El, <- Ek, <- iter_add. replace (m + m)%nat with (2 * m)%nat by lia. exact E.
    + apply (fixed_point_sound k a b); auto.
  - exfalso. pose proof (images_on_correct (2 * m) a b x C) as I. rewrite E in I. unfold moved_cell in Hcell.
    destruct I as [I1 I2], C as [C1 C2]. destruct (images_on (2 * m) a b) as [c d]. cbn [fst snd] in *.
    apply orb_true_iff in Hcell as [N|N]; apply negb_true_iff in N.
    + destruct c as [|c|], b as [|b|]; simpl in *; try tauto; try discriminate.
      destruct (leqP c b); [discriminate|lra].
    + destruct a as [|a|], d as [|d|]; simpl in *; try tauto; try discriminate.
      destruct (leqP a d); [discriminate|lra].
Qed.

(* ---- near infinity f is its first or last line ---- *)

Lemma first_line_left u : forall a b, joined a u b = true ->
  exists A, forall x, x <= A -> sem u x = line_sem (first_line u) x.
Proof.
  induction u as [l|L IHL p v r R _]; intros a b J; cbn [sem first_line]; [exists 0; auto|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL _]. destruct (IHL _ _ JL) as [A HA].
  exists (Rmin A (Q2R p - 1)). intros x Hx. pose proof (Rmin_l A (Q2R p - 1)).
  pose proof (Rmin_r A (Q2R p - 1)).
  destruct (Rlt_dec x (Q2R p)); [apply HA|]; lra.
Qed.

Lemma last_line_right u : forall a b, joined a u b = true ->
  exists A, forall x, A <= x -> sem u x = line_sem (last_line u) x.
Proof.
  induction u as [l|L _ p v r R IHR]; intros a b J; cbn [sem last_line]; [exists 0; auto|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ _ JR]. destruct (IHR _ _ JR) as [A HA].
  exists (Rmax A (Q2R p)). intros x Hx. pose proof (Rmax_l A (Q2R p)). pose proof (Rmax_r A (Q2R p)).
  destruct (Rlt_dec x (Q2R p)); [|apply HA]; lra.
Qed.

Theorem line_check_sound core_steps mesh : (0 < m)%nat -> line_check core_steps mesh = true ->
  ordered_line f m.
Proof.
  intros Hm H. destruct mesh as [|a others]; [discriminate|]. unfold line_check in H.
  set (rest := match others with [] => [a] | _ => others end) in *.
  rewrite !andb_true_iff in H. destruct H as [[[H1 H2] HC] Hswap].
  destruct (first_line_left t None None Ht) as [A HA]. destruct (last_line_right t None None Ht) as [B HB].
  set (l := first_line t) in *. set (k := last_line t) in *.
  assert
    (Form : forall i x, line_sem i x = IZR (slope i) / IZR (Zpos (scale i)) * x + IZR (const i) / IZR
      (Zpos (scale i))).
  { intros i x. unfold line_sem. pose proof (pos_R (scale i)). field; lra. }
  assert (Neg : forall i, IZR (slope i) / IZR (Zpos (scale i)) < 0 -> (slope i < 0)%Z).
  { intros i Hi. apply lt_IZR. pose proof (pos_R (scale i)) as P.
    apply (Rmult_lt_compat_r _ _ _ P) in Hi. unfold Rdiv in Hi. rewrite Rmult_assoc, Rinv_l in Hi; lra. }
  apply (Line.order_line f m (Rmax (Rabs A) (Rabs B))
    (IZR (slope l) / IZR (Zpos (scale l))) (IZR (const l) / IZR (Zpos (scale l)))
    (IZR (slope k) / IZR (Zpos (scale k))) (IZR (const k) / IZR (Zpos (scale k)))); auto.
  - apply (lipschitz_continuous f (steepest t)). intros x y. rewrite <- !Hf.
    apply (steepest_correct t None None x y Ht).
  - intros x Hx. rewrite <- Hf, HA; [apply Form|]. pose proof (Rmax_l (Rabs A) (Rabs B)).
    pose proof (Rle_abs (- A)) as P. rewrite Rabs_Ropp in P. lra.
  - intros x Hx. rewrite <- Hf, HB; [apply Form|]. pose proof (Rmax_r (Rabs A) (Rabs B)).
    pose proof (Rle_abs B). lra.
  - intros Hl Hk. apply Neg, Z.ltb_lt in Hl, Hk. rewrite Hl, Hk in Hswap. cbn [andb negb orb] in Hswap.
    apply Nat.even_spec, Hswap.
  - intros x.
    apply (enough_on_core (fun _ => True) (fun x => in_cell a (last rest a) x) f m core_steps); auto.
    + intros y _.
      destruct (images_on_correct core_steps MinusInfinity PlusInfinity y) as [I1 I2]; [split; exact I|].
      split; [apply (leq_at_least _ _ _ H1 I1)|apply (leq_at_most _ _ _ H2 I2)].
    + intros y Hy. apply (line_cells_sound rest a HC); auto. unfold rest. destruct others; congruence.
Qed.
End Check.
