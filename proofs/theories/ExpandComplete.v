(* The expansion of a network never fails: the points of its pieces increase and its lines meet there.  So the
   checks that start from it are complete. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List.
From Certify Require Import Rational Network Bends Evaluate Pieces Images Trees Changes Expand.
Import ListNotations.
Local Open Scope R_scope.

Lemma end_lessP a q : end_less (Some a) (Some q) = true <-> Q2R a < Q2R q.
Proof. simpl. destruct (lessP a q); split; auto; discriminate. Qed.

(* the points increase strictly *)
Fixpoint rising (a : option Q) (ks : list change) : Prop :=
  match ks with [] => True | (p, _) :: rest => end_less a (Some p) = true /\ rising (Some p) rest end.

(* consecutive lines have the same value where they meet *)
Fixpoint meeting (l : zline) (ks : list change) : Prop :=
  match ks with [] => True | (p, l') :: rest => zsem l (Q2R p) = zsem l' (Q2R p) /\ meeting l' rest end.

Lemma rising_from a p ks : end_less a (Some p) = true -> rising (Some p) ks -> rising a ks.
Proof.
  destruct ks as [|[q l] ks]; simpl; auto. intros H [H1 H2].
  split; auto. apply (end_less_trans a p (Some q)); auto.
Qed.

Lemma rising_none a ks : rising a ks -> rising None ks.
Proof. destruct ks as [|[q l] ks]; simpl; tauto. Qed.

(* ---- changes that are zero at their point ---- *)

Definition zero_there (k : change) : Prop := zsem (snd k) (Q2R (fst k)) = 0.

Lemma merge_zero ks : forall js, Forall zero_there ks -> Forall zero_there js ->
  Forall zero_there (merge ks js).
Proof.
  induction ks as [|[p k] ks IH]; [auto|]. intros js Hks. inversion_clear Hks as [|? ? Hk Hks'].
  induction js as [|[q j] js IHj]; intro Hjs; [constructor; auto|]. inversion_clear Hjs as [|? ? Hj Hjs'].
  rewrite merge_cons. destruct (point_order_spec p q) as [E|_|_]; auto.
  unfold put. destruct (is_zero (zadd k j)); auto. constructor; auto.
  unfold zero_there in *. cbn [fst snd] in *. rewrite zsem_add, Hk, E, Hj. ring.
Qed.

Lemma merge_rising ks : forall a js, rising a ks -> rising a js -> rising a (merge ks js).
Proof.
  induction ks as [|[p k] ks IH]; [auto|]. intros a js [Hp Hks]. revert a Hp.
  induction js as [|[q j] js IHj]; [simpl; auto|]. intros a Hp [Hq Hjs]. rewrite merge_cons.
  destruct (point_order_spec p q) as [E|L|L].
  - assert (H : rising (Some p) (merge ks js)).
    { apply IH; auto. destruct js as [|[r l] js]; [exact I|]. destruct Hjs as [Hr Hjs]. split; [|exact Hjs].
      apply end_lessP in Hr. apply end_lessP. lra. }
    unfold put. destruct (is_zero (zadd k j)); [apply (rising_from a p); auto|split; auto].
  - split; auto. apply IH; auto. split; auto. apply end_lessP, L.
  - split; auto. apply IHj; auto. apply end_lessP, L.
Qed.

Lemma prefix_rising ks : forall a l, rising a ks -> rising a (prefix l ks).
Proof. induction ks as [|[p d] ks IH]; intros a l H; simpl in *; auto. destruct H; auto. Qed.

Lemma prefix_meeting ks : Forall zero_there ks -> forall l, meeting l (prefix l ks).
Proof.
  induction 1 as [|[p d] ks Hk _ IH]; intro l; cbn [prefix]; [exact I|]. split; auto.
  unfold zero_there in Hk. cbn [fst snd] in Hk. rewrite zsem_add, Hk. ring.
Qed.

Lemma differences_zero ks : forall l, meeting l ks -> Forall zero_there (differences l ks).
Proof.
  induction ks as [|[p l'] ks IH]; intros l H; cbn [differences]; auto. destruct H as [E H].
  destruct (is_zero (zsub l' l)); auto. constructor; auto.
  unfold zero_there. cbn [fst snd]. rewrite zsem_sub, E. ring.
Qed.

Lemma differences_rising ks : forall a l, rising a ks -> rising a (differences l ks).
Proof.
  induction ks as [|[p l'] ks IH]; intros a l H; cbn [differences]; auto. destruct H as [Ha H].
  destruct (is_zero (zsub l' l)); [apply IH, (rising_from a p); auto|split; auto].
Qed.

(* ---- an activation keeps lines that rise and meet; all points stay before hi ---- *)

Definition before_end (hi : option Q) (ks : list change) : Prop :=
  Forall (fun k => end_less (Some (fst k)) hi = true) ks.

Lemma prefix_before hi ks : before_end hi ks -> forall l, before_end hi (prefix l ks).
Proof. unfold before_end. induction 1 as [|[p d] ks Hk _ IH]; intro l; cbn [prefix]; auto. Qed.

Lemma differences_before hi ks : before_end hi ks -> forall l, before_end hi (differences l ks).
Proof.
  unfold before_end. induction 1 as [|[p k] ks Hk _ IH]; intro l; cbn [differences]; auto.
  destruct (is_zero (zsub k l)); auto.
Qed.

Section Bend.
Variables (b : bend) (D : positive).

Lemma bend_piece_meets a p l : let (first, extra) := bend_piece b D a p l in meeting first extra.
Proof.
  unfold bend_piece. set (d := Qden (knee b)). set (t := (Zpos D * Qnum (knee b) - Zpos d * snd l)%Z).
  assert (C : forall q k k', IZR (Zpos d) * zsem l (Q2R q) = IZR (Zpos D * Qnum (knee b)) ->
    let (first, extra) :=
      if end_less a (Some q) then
        if end_less (Some q) p then (side b D k l, [(q, side b D k' l)]) else (side b D k l, [])
      else (side b D k' l, []) in meeting first extra).
  { intros q k k' E. destruct (end_less a (Some q)); [|exact I]. destruct (end_less (Some q) p); [|exact I].
    split; [|exact I].
    assert (Z0 : forall k, zsem (side b D k l) (Q2R q) = IZR (Zpos (over b) * (Zpos D * Qnum (knee b)))).
    { clear k k'. intro k. unfold zsem in E. unfold side, zsem. fold d. cbn [fst snd].
      rewrite plus_IZR, !mult_IZR, minus_IZR, !mult_IZR. rewrite mult_IZR in E. rewrite <- E. ring. }
    rewrite !Z0. reflexivity. }
  assert (Q0 : forall q, IZR (Zpos d) * IZR (fst l) * Q2R q = IZR t ->
    IZR (Zpos d) * zsem l (Q2R q) = IZR (Zpos D * Qnum (knee b))).
  { intros q E. unfold t in E. rewrite minus_IZR, (mult_IZR (Zpos d)) in E. unfold zsem. lra. }
  destruct (fst l) as [|s|s]; [exact I| |]; apply C, Q0; rewrite Q2R_make, mult_pos_R;
    pose proof (pos_R d); pose proof (pos_R s).
  - field; lra.
  - rewrite opp_IZR. change (IZR (Z.neg s)) with (- IZR (Zpos s)). field; lra.
Qed.

Lemma bend_list_keeps hi ks : forall a l, rising a ks -> meeting l ks -> before_end hi ks ->
  let (first, others) := bend_list b D a hi l ks in
  rising a others /\ meeting first others /\ before_end hi others.
Proof.
  induction ks as [|[p l'] ks IH]; intros a l R M H; cbn [bend_list].
  - pose proof (bend_piece_meets a hi l) as B. pose proof (bend_piece_within b D a hi l) as W.
    destruct (bend_piece b D a hi l) as [first [|[q k] [|]]]; [repeat constructor| |destruct W].
    destruct W as [W1 W2]. split; [split; [exact W1|exact I]|]. split; [exact B|]. repeat constructor; auto.
  - destruct R as [Ha R], M as [E M]. inversion_clear H as [|? ? Hp H']. cbn [fst] in Hp.
    specialize (IH (Some p) l' R M H').
    pose proof (bend_piece_meets a (Some p) l) as B. pose proof (bend_piece_within b D a (Some p) l) as W.
    assert (Hap : right_of a (Q2R p)).
    { destruct a as [a|]; [apply Rlt_le, end_lessP; auto|exact I]. }
    assert (Hph : left_of hi (Q2R p)).
    { destruct hi as [hi|]; [apply Rlt_le, end_lessP; auto|exact I]. }
    pose proof (bend_piece_correct b D a (Some p) l (Q2R p) Hap (Rle_refl _)) as V.
    pose proof (bend_list_correct b D hi (Q2R p) ks (Some p) l' (Rle_refl _) Hph) as V'.
    assert (First : forall l ks, rising (Some p) ks -> walk l ks (Q2R p) = zsem l (Q2R p)).
    { intros k [|[q k'] js] Hjs; cbn [walk]; auto. destruct Hjs as [Hjs _]. apply end_lessP in Hjs.
      destruct (Rlt_dec (Q2R p) (Q2R q)); auto; lra. }
    destruct (bend_piece b D a (Some p) l) as [first extra], (bend_list b D (Some p) hi l' ks)
      as [next others].
    destruct IH as [R' [M' H'']]. rewrite (First next others R'), (First l' ks R), <- E, <- V in V'.
    assert (Meet : zsem next (Q2R p) = walk first extra (Q2R p)).
    { pose proof (pos_R (bend_den b * D)).
      apply (Rmult_eq_reg_r (/ IZR (Zpos (bend_den b * D)))); [exact V'|].
      apply Rinv_neq_0_compat. lra. }
    destruct extra as [|[q k] [|]]; [| |destruct W]; cbn [app walk] in *.
    + split; [split; auto|]. split; [split; auto|]. constructor; auto.
    + destruct W as [W1 W2]. assert (Hq : Q2R q < Q2R p) by (apply end_lessP; auto).
      destruct (Rlt_dec (Q2R p) (Q2R q)); [lra|]. destruct B as [B _].
      split; [split; [auto|split; auto]|]. split; [split; [auto|split; auto]|].
      constructor; [|constructor]; auto. apply (end_less_trans _ p); auto.
Qed.
End Bend.

(* ---- networks ---- *)

Section Domain.
Variables lo hi : option Q.

Definition inner (k : change) : Prop := end_less lo (Some (fst k)) = true /\
  end_less (Some (fst k)) hi = true.
Definition proper (F : form) : Prop := rising None (changes F) /\ Forall zero_there (changes F) /\
  Forall inner (changes F).

Lemma rising_inner a ks : rising a ks -> before_end hi ks ->
  (forall p, end_less a (Some p) = true -> end_less lo (Some p) = true) ->
  Forall inner ks.
Proof.
  revert a. induction ks as [|[p l] ks IH]; intros a R H Ha; auto. destruct R as [Hp R].
  inversion_clear H as [|? ? H1 H2].
  constructor; [split; auto|]. apply (IH (Some p)); auto. intros q Hq.
  apply (end_less_trans lo p (Some q)); auto.
Qed.

Lemma inner_rising ks : rising None ks -> Forall inner ks -> rising lo ks /\ before_end hi ks.
Proof.
  intros R H. split.
  - destruct ks as [|[p l] ks]; [exact I|]. inversion_clear H as [|? ? [H1 _] _]. split; [auto|apply R].
  - eapply Forall_impl; [|exact H]. intros k [_ Hk]; auto.
Qed.

Lemma merge_inner ks : forall js, Forall inner ks -> Forall inner js -> Forall inner (merge ks js).
Proof.
  induction ks as [|[p k] ks IH]; [auto|]. intros js Hks. inversion_clear Hks as [|? ? Hk Hks'].
  induction js as [|[q j] js IHj]; intro Hjs; [constructor; auto|]. inversion_clear Hjs as [|? ? Hj Hjs'].
  rewrite merge_cons. destruct (point_order p q); auto.
  unfold put. destruct (is_zero (zadd k j)); auto.
Qed.

Lemma combination_proper D Fs row : Forall proper Fs -> proper (combination D Fs row).
Proof.
  set (P := fun ks => rising None ks /\ Forall zero_there ks /\ Forall inner ks).
  change (Forall (fun F => P (changes F)) Fs -> P (merge_all (length Fs) (scaled (fst row) Fs))). intro H.
  assert (P0 : P []) by (repeat split; auto).
  apply merge_all_keeps; auto.
  - intros ks js [K1 [K2 K3]] [J1 [J2 J3]].
    split; [apply merge_rising|split; [apply merge_zero|apply merge_inner]]; auto.
  - apply scaled_keeps; auto. intros a ks [K1 [K2 K3]]. split; [|split].
    + clear - K1. revert K1. generalize (@None Q).
      induction ks as [|[p l] ks IH]; intros b K; simpl in *; auto.
      destruct K; auto.
    + apply Forall_map. eapply Forall_impl; [|exact K2]. intros [p l] Hk. unfold zero_there in *.
      cbn [fst snd] in *.
      rewrite zsem_scale, Hk. ring.
    + apply Forall_map. eapply Forall_impl; [|exact K3]. auto.
Qed.

Lemma bend_all_keeps bs : forall D l ks, rising lo ks -> meeting l ks -> before_end hi ks ->
  let (l', ks') := bend_all lo hi bs D l ks in rising lo ks' /\ meeting l' ks' /\ before_end hi ks'.
Proof.
  induction bs as [|b bs IH]; intros D l ks R M H; cbn [bend_all]; auto.
  pose proof (bend_list_keeps b D hi ks lo l R M H) as B. destruct (bend_list b D lo hi l ks) as [l' ks'].
  apply IH; apply B.
Qed.

Lemma bend_form_proper bs D F : proper F -> proper (bend_form lo hi bs D F).
Proof.
  intros [R [Z0 In]]. destruct (inner_rising _ R In) as [R' H].
  pose proof (bend_all_keeps bs D (base F) _ (prefix_rising _ _ (base F) R') (prefix_meeting _ Z0 (base F))
    (prefix_before hi _ H (base F))) as B.
  unfold bend_form, proper. destruct (bend_all lo hi bs D (base F) (prefix (base F) (changes F))) as [l ks].
  destruct B as [B1 [B2 B3]]. cbn [changes].
  pose proof (differences_rising ks lo l B1) as B4. split; [apply (rising_none lo), B4|].
  split; [apply differences_zero, B2|].
  apply (rising_inner lo); auto. apply differences_before, B3.
Qed.

Lemma lines_fit D ks : forall a l, rising a ks -> meeting l ks ->
  fits a (Line (fst l) (snd l) D) (map (fun k => (fst k, Line (fst (snd k)) (snd (snd k)) D)) ks).
Proof.
  induction ks as [|[p k] ks IH]; intros a l R M; cbn [map fits]; [exact I|].
  destruct R as [Ha R], M as [E M].
  split; [exact Ha|]. split; [|apply IH; auto].
  unfold line_sem. cbn [slope const scale fst snd]. unfold zsem in E. rewrite E. reflexivity.
Qed.

Theorem expand_exists net : well_shaped 1 net = true -> expand lo hi net <> None.
Proof.
  intro W. unfold expand.
  assert
    (P : forall ls v, Forall proper (snd v) -> Forall proper (snd (fold_left (expand_layer lo hi) ls v))).
  { induction ls as [|l ls IH]; intros v H; cbn [fold_left]; auto. apply IH. cbn [expand_layer snd].
    apply Forall_map, Forall_forall. intros row _. apply bend_form_proper, combination_proper, H. }
  assert (N : forall net v, well_shaped (length (snd v)) net = true ->
    length (snd (fold_left (expand_layer lo hi) (map decode net) v)) = 1%nat).
  { clear.
    induction net as [|l net IH]; intros v W; cbn [map fold_left well_shaped] in *; [apply Nat.eqb_eq, W|].
    apply andb_true_iff in W as [_ W]. apply IH. cbn [expand_layer snd decode rows_Z]. rewrite !map_length.
    exact W. }
  specialize (P (map decode net) (1%positive, [Form (1, 0)%Z []])).
  specialize (N net (1%positive, [Form (1, 0)%Z []]) W).
  destruct (fold_left (expand_layer lo hi) _ _) as [D [|F Fs]]; [discriminate|]. cbn [snd] in *.
  assert (HF : Forall proper (F :: Fs)) by (apply P; repeat constructor).
  inversion_clear HF as [|? ? [R [Z0 _]] _].
  apply tree_exists, lines_fit; [apply prefix_rising, R|apply prefix_meeting, Z0].
Qed.
End Domain.
