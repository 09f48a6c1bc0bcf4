(* A Lipschitz constant of a network, by the same propagation as its value: a bound for each unit.  Networks
   are continuous. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List.
From Certify Require Import Rational Network Bends Evaluate.
Import ListNotations.
Local Open Scope R_scope.

Definition bend_slope (b : bend) : Z := Z.max (Z.abs (before b)) (Z.abs (after b)).

Definition slope_bend (v : positive * list Z) (b : bend) : positive * list Z :=
  ((over b * fst v)%positive, map (Z.mul (bend_slope b)) (snd v)).

Definition slope_layer (v : positive * list Z) (l : layer_Z) : positive * list Z :=
  fold_left slope_bend (bends_Z l)
    ((den_Z l * fst v)%positive, map (fun row => dot (map Z.abs (fst row)) (snd v)) (rows_Z l)).

Definition slope_net (net : list layer_Z) : Z :=
  let (D, L) := fold_left slope_layer net (1%positive, [1%Z]) in (hd 0 L / Zpos D + 1)%Z.

(* |x_i - y_i| <= l_i * delta for all i *)
Fixpoint close (delta : R) (x y l : list R) : Prop :=
  match x, y, l with
  | [], [], [] => True
  | a :: x', b :: y', c :: l' => Rabs (a - b) <= c * delta /\ close delta x' y' l'
  | _, _, _ => False
  end.

Lemma close_map {A} delta (f g h : A -> R) l :
  (forall a, Rabs (f a - g a) <= h a * delta) -> close delta (map f l) (map g l) (map h l).
Proof. intro H; induction l; simpl; auto. Qed.

Lemma close_map3 delta (f g : R -> R) k x : forall y l,
  (forall a b c, Rabs (a - b) <= c * delta -> Rabs (f a - f b) <= g c * delta) ->
  close delta x y l -> k = map g l -> close delta (map f x) (map f y) k.
Proof.
  revert k. induction x as [|a x IH]; intros k [|b y] [|c l] H C ->; simpl in *; try tauto.
  destruct C as [C1 C2]. split; eauto.
Qed.

Lemma close_dot delta w : forall x y l, close delta x y l ->
  Rabs (dot_R w x - dot_R w y) <= dot_R (map Z.abs w) l * delta.
Proof.
  induction w as [|k w IH]; intros [|a x] [|b y] [|c l] C; simpl in *; try tauto;
    try (rewrite Rminus_diag_eq, Rabs_R0; lra).
  destruct C as [C1 C2]. specialize (IH x y l C2).
  replace (IZR k * a + dot_R w x - (IZR k * b + dot_R w y))
    with (IZR k * (a - b) + (dot_R w x - dot_R w y)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, <- abs_IZR.
  assert (0 <= IZR (Z.abs k)) by (apply (IZR_le 0), Z.abs_nonneg). nra.
Qed.

Lemma bend_lipschitz b y z :
  Rabs (bend_sem b y - bend_sem b z) <= IZR (bend_slope b) / IZR (Zpos (over b)) * Rabs (y - z).
Proof.
  destruct b as [t l r o]. unfold bend_sem, bend_slope. cbn [knee before after over].
  pose proof (pos_R o) as Ho. assert (0 < / IZR (Zpos o)) as Hi by (apply Rinv_0_lt_compat; auto).
  set (M := IZR (Z.max (Z.abs l) (Z.abs r)) / IZR (Zpos o)).
  assert (B : forall k, (Z.abs k <= Z.max (Z.abs l) (Z.abs r))%Z -> - M <= IZR k / IZR (Zpos o) <= M).
  { intros k Hk. apply IZR_le in Hk. rewrite abs_IZR in Hk.
    pose proof (Rle_abs (IZR k)). pose proof (Rle_abs (- IZR k)). rewrite Rabs_Ropp in *.
    unfold M, Rdiv. split; nra. }
  pose proof (B l (Z.le_max_l _ _)) as Hl. pose proof (B r (Z.le_max_r _ _)) as Hr.
  set (L := IZR l / IZR (Zpos o)) in *. set (Rr := IZR r / IZR (Zpos o)) in *. set (T := Q2R t).
  assert (S : forall y z, z <= y ->
    Rabs (T + (if Rlt_dec y T then IZR l else IZR r) / IZR (Zpos o) * (y - T) -
          (T + (if Rlt_dec z T then IZR l else IZR r) / IZR (Zpos o) * (z - T))) <= M * (y - z)).
  { clear y z. intros y z Hyz.
    destruct (Rlt_dec y T), (Rlt_dec z T); fold L Rr; try lra; apply Rabs_le; nra. }
  destruct (Rle_lt_dec z y) as [h|h].
  - rewrite (Rabs_right (y - z)) by lra. apply S; auto.
  - rewrite (Rabs_left (y - z)) by lra. rewrite Rabs_minus_sym, Ropp_minus_distr. apply S; lra.
Qed.

Lemma slope_bends_correct delta bs : 0 <= delta -> forall x y v,
  close delta x y (quotients (fst v) (snd v)) ->
  let w := fold_left slope_bend bs v in
  close delta (fold_left (fun v b => map (bend_sem b) v) bs x)
    (fold_left (fun v b => map (bend_sem b) v) bs y)
    (quotients (fst w) (snd w)).
Proof.
  intro Hd. induction bs as [|b bs IH]; intros x y v C; cbn [fold_left]; [exact C|].
  apply IH. cbn [fst snd slope_bend].
  pose (g := fun c => IZR (bend_slope b) / IZR (Zpos (over b)) * c).
  apply (close_map3 delta (bend_sem b) g _ x y _) with (2 := C).
  - intros p q c H. eapply Rle_trans; [apply bend_lipschitz|]. unfold g. rewrite Rmult_assoc.
    apply Rmult_le_compat_l; auto. unfold Rdiv. apply Rmult_le_pos.
    + apply (IZR_le 0). unfold bend_slope. pose proof (Z.abs_nonneg (before b)). lia.
    + apply Rlt_le, Rinv_0_lt_compat; auto.
  - unfold quotients, g. rewrite !map_map. apply map_ext. intro z.
    pose proof (pos_R (over b)). pose proof (pos_R (fst v)). rewrite mult_pos_R, mult_IZR. field; lra.
Qed.

Lemma slope_layer_correct delta x y v l : 0 <= delta ->
  close delta x y (quotients (fst v) (snd v)) ->
  let w := slope_layer v l in close delta (layer_R x l) (layer_R y l) (quotients (fst w) (snd w)).
Proof.
  intros Hd C. apply slope_bends_correct; auto. cbn [fst snd]. unfold quotients at 1. rewrite map_map.
  apply close_map. intro row. unfold linear_R. pose proof (close_dot delta (fst row) _ _ _ C) as B.
  rewrite dot_correct in B. pose proof (pos_R (den_Z l)). pose proof (pos_R (fst v)).
  rewrite mult_pos_R.
  replace ((dot_R (fst row) x + IZR (snd row)) / IZR (Zpos (den_Z l)) -
           (dot_R (fst row) y + IZR (snd row)) / IZR (Zpos (den_Z l)))
    with (/ IZR (Zpos (den_Z l)) * (dot_R (fst row) x - dot_R (fst row) y)) by (field; lra).
  assert (0 < / IZR (Zpos (den_Z l))) by (apply Rinv_0_lt_compat; auto).
  rewrite Rabs_mult, (Rabs_right (/ _)) by lra.
  apply Rle_trans with (/ IZR (Zpos (den_Z l)) *
    (IZR (dot (map Z.abs (fst row)) (snd v)) / IZR (Zpos (fst v)) * delta)).
  - apply Rmult_le_compat_l; [lra|exact B].
  - right. field; lra.
Qed.

Theorem slope_net_correct net x y :
  Rabs (net_sem net x - net_sem net y) <= IZR (slope_net (map decode net)) * Rabs (x - y).
Proof.
  unfold net_sem. rewrite <- !decode_net. set (delta := Rabs (x - y)).
  assert (Hd : 0 <= delta) by apply Rabs_pos.
  assert (G : forall ls x y v, close delta x y (quotients (fst v) (snd v)) ->
    let w := fold_left slope_layer ls v in
    close delta (fold_left layer_R ls x) (fold_left layer_R ls y) (quotients (fst w) (snd w))).
  { induction ls as [|l ls IH]; intros u u' v C; cbn [fold_left]; auto.
    apply IH, slope_layer_correct; auto. }
  assert (C : close delta [x] [y] (quotients 1 [1%Z])).
  { split; [|exact I]. unfold Rdiv. rewrite Rinv_1. fold delta; lra. }
  apply (G (map decode net) _ _ (1%positive, [1%Z])) in C. clear G. rename C into G. unfold slope_net.
  destruct (fold_left slope_layer _ _) as [D L]. cbn [fst snd] in G.
  destruct (fold_left layer_R _ [x]) as [|a u], (fold_left layer_R _ [y]) as [|b u'], L as [|c L];
    cbn [quotients map close hd] in *; try tauto.
  - rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. apply Rmult_le_pos; auto. rewrite Zdiv_0_l. simpl; lra.
  - destruct G as [G _]. eapply Rle_trans; [exact G|]. apply Rmult_le_compat_r; auto.
    pose proof (Z.div_mod c (Zpos D) ltac:(lia)) as E.
    pose proof (Z.mod_pos_bound c (Zpos D) ltac:(lia)) as B.
    pose proof (pos_R D). apply (Rmult_le_reg_r (IZR (Zpos D))); auto.
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, <- mult_IZR by lra. apply IZR_le. nia.
Qed.

(* ---- networks are continuous ---- *)

Lemma lipschitz_continuous f k : (forall x y, Rabs (f x - f y) <= IZR k * Rabs (x - y)) -> continuity f.
Proof.
  intros H x eps He.
  assert (Hk : 0 < IZR (Z.abs k + 1)) by (apply (IZR_lt 0); lia).
  assert (Hk' : IZR k <= IZR (Z.abs k + 1)) by (apply IZR_le; lia).
  exists (eps / IZR (Z.abs k + 1)). split; [apply Rdiv_lt_0_compat; lra|].
  intros y [_ Hy]. unfold dist in *; simpl in *; unfold R_dist in *.
  apply Rle_lt_trans with (IZR (Z.abs k + 1) * Rabs (y - x)).
  - eapply Rle_trans; [apply H|]. apply Rmult_le_compat_r; [apply Rabs_pos|auto].
  - apply (Rmult_lt_compat_l _ _ _ Hk) in Hy. eapply Rlt_le_trans; [exact Hy|]. right. field; lra.
Qed.

Theorem net_continuous net : continuity (net_sem net).
Proof. apply (lipschitz_continuous _ _ (slope_net_correct net)). Qed.
