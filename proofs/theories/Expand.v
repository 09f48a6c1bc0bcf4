(* A network on an interval or on the line, expanded into its pieces.  Each unit is a line with its changes;
   an activation walks through the list of lines and cuts them where they cross a knee. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Network Bends Evaluate Pieces Images Trees Changes.
Import ListNotations.
Local Open Scope R_scope.

(* ---- an activation ---- *)

Section Bend.
Variables (b : bend) (D : positive).

(* the bent line where its slope is k *)
Definition side (k : Z) (l : zline) : zline :=
  let d := Zpos (Qden (knee b)) in
  let t := (Zpos D * Qnum (knee b))%Z in
  (k * (d * fst l), k * (d * snd l - t) + Zpos (over b) * t)%Z.

(* the line on the piece from a to p, bent: a line, and perhaps another one from some point on *)
Definition bend_piece (a p : option Q) (l : zline) : zline * list change :=
  let d := Qden (knee b) in
  let t := (Zpos D * Qnum (knee b) - Zpos d * snd l)%Z in
  let crossing q first second :=
    if end_less a (Some q) then
      if end_less (Some q) p then (side first l, [(q, side second l)]) else (side first l, [])
    else (side second l, []) in
  match fst l with
  | Z0 => (side (if (0 <? t)%Z then before b else after b) l, [])
  | Zpos s => crossing (t # (d * s)) (before b) (after b)
  | Zneg s => crossing (- t # (d * s))%Z (after b) (before b)
  end.

Fixpoint bend_list (a hi : option Q) (l : zline) (ks : list change) : zline * list change :=
  match ks with
  | [] => bend_piece a hi l
  | (p, l') :: rest =>
      let (first, extra) := bend_piece a (Some p) l in
      let (next, others) := bend_list (Some p) hi l' rest in
      (first, extra ++ (p, next) :: others)
  end.

Lemma side_correct k l x : zsem (side k l) x / IZR (Zpos (bend_den b * D)) =
  Q2R (knee b) + IZR k / IZR (Zpos (over b)) * (zsem l x / IZR (Zpos D) - Q2R (knee b)).
Proof.
  unfold side, zsem, bend_den. destruct (knee b) as [n d]. cbn [fst snd Qnum Qden].
  rewrite Q2R_make, !mult_pos_R.
  rewrite plus_IZR, !mult_IZR, minus_IZR, !mult_IZR.
  pose proof (pos_R D). pose proof (pos_R d). pose proof (pos_R (over b)). field; lra.
Qed.

(* where k is the slope on the side of the knee on which the line is at x; at the knee either will do *)
Lemma side_bend k l x :
  (let z := (IZR (Zpos (Qden (knee b))) * zsem l x - IZR (Zpos D * Qnum (knee b))) in
   (z <= 0 /\ k = before b) \/ (0 <= z /\ k = after b)) ->
  zsem (side k l) x / IZR (Zpos (bend_den b * D)) = bend_sem b (zsem l x / IZR (Zpos D)).
Proof.
  intro H. rewrite side_correct. unfold bend_sem. destruct (knee b) as [n d]. cbn [Qnum Qden] in H.
  rewrite Q2R_make, mult_IZR in *. set (y := zsem l x) in *.
  pose proof (pos_R D) as HD. pose proof (pos_R d) as Hd.
  assert (E : y / IZR (Zpos D) - IZR n / IZR (Zpos d) =
              (IZR (Zpos d) * y - IZR (Zpos D) * IZR n) * (/ IZR (Zpos D) * / IZR (Zpos d))) by (field; lra).
  assert (0 < / IZR (Zpos D) * / IZR (Zpos d)) as Hi.
  { apply Rmult_lt_0_compat; apply Rinv_0_lt_compat; auto. }
  set (z := IZR (Zpos d) * y - IZR (Zpos D) * IZR n) in *.
  destruct (Rlt_dec (y / IZR (Zpos D)) (IZR n / IZR (Zpos d))) as [h|h].
  - destruct H as [[_ ->]|[H _]]; auto. assert (z < 0) by nra. lra.
  - destruct H as [[H ->]|[_ ->]]; auto. assert (0 <= z) by nra.
    replace z with 0 in E by lra. rewrite E. ring.
Qed.

Definition within (a p : option Q) (extra : list change) : Prop :=
  match extra with
  | [] => True
  | [(q, _)] => end_less a (Some q) = true /\ end_less (Some q) p = true
  | _ => False
  end.

Lemma bend_piece_within a p l : within a p (snd (bend_piece a p l)).
Proof.
  unfold bend_piece. destruct (fst l) as [|s|s]; [exact I| |];
    destruct (end_less a _) eqn:Ea; try exact I; destruct (end_less _ p) eqn:Ep; simpl; auto.
Qed.

Lemma bend_piece_correct a p l x : right_of a x -> left_of p x ->
  let (first, extra) := bend_piece a p l in
  walk first extra x / IZR (Zpos (bend_den b * D)) = bend_sem b (zsem l x / IZR (Zpos D)).
Proof.
  intros Ha Hp. unfold bend_piece. set (d := Qden (knee b)).
  set (t := (Zpos D * Qnum (knee b) - Zpos d * snd l)%Z). destruct l as [s c].
  set (goal := bend_sem b (zsem (s, c) x / IZR (Zpos D))).
  assert (Ez : IZR (Zpos (Qden (knee b))) * zsem (s, c) x - IZR (Zpos D * Qnum (knee b)) =
               IZR (Zpos d) * IZR s * x - IZR t).
  { unfold t, zsem, d. cbn [fst snd]. rewrite minus_IZR, !mult_IZR. ring. }
  assert (C : forall q first second,
    (x <= Q2R q -> zsem (side first (s, c)) x / IZR (Zpos (bend_den b * D)) = goal) ->
    (Q2R q <= x -> zsem (side second (s, c)) x / IZR (Zpos (bend_den b * D)) = goal) ->
    let (line, extra) :=
      if end_less a (Some q) then
        if end_less (Some q) p then (side first (s, c), [(q, side second (s, c))])
        else (side first (s, c), [])
      else (side second (s, c), []) in
    walk line extra x / IZR (Zpos (bend_den b * D)) = goal).
  { intros q first second H1 H2. destruct (end_less a (Some q)) eqn:Ea.
    - destruct (end_less (Some q) p) eqn:Ep; cbn [walk].
      + destruct (Rlt_dec x (Q2R q)); [apply H1|apply H2]; lra.
      + apply H1. destruct p as [p|]; [|discriminate]. simpl in *. destruct (lessP q p); [discriminate|lra].
    - apply H2. destruct a as [a|]; [|discriminate]. simpl in *. destruct (lessP a q); [discriminate|lra]. }
  cbn [fst snd]. pose proof (pos_R d) as Hd. destruct s as [|s|s].
  - cbn [walk]. apply side_bend. cbv zeta. rewrite Ez, Rmult_0_r, Rmult_0_l.
    destruct (Z.ltb_spec 0 t) as [h|h]; [left; apply IZR_lt in h|right; apply IZR_le in h]; split; auto; lra.
  - pose proof (pos_R s) as Hs. assert (0 < IZR (Zpos d) * IZR (Zpos s)) by (apply Rmult_lt_0_compat; auto).
    assert (Eq : Q2R (t # (d * s)) * (IZR (Zpos d) * IZR (Zpos s)) = IZR t).
    { rewrite Q2R_make, mult_pos_R. field; lra. }
    apply C; intro Hq; apply side_bend; cbv zeta; rewrite Ez; [left|right]; split; auto; nra.
  - pose proof (pos_R s) as Hs. assert (0 < IZR (Zpos d) * IZR (Zpos s)) by (apply Rmult_lt_0_compat; auto).
    assert (Eq : Q2R (- t # (d * s)) * (IZR (Zpos d) * IZR (Zpos s)) = - IZR t).
    { rewrite Q2R_make, mult_pos_R, opp_IZR. field; lra. }
    change (IZR (Z.neg s)) with (- IZR (Zpos s)) in Ez.
    apply C; intro Hq; apply side_bend; cbv zeta; rewrite Ez; [right|left]; split; auto; nra.
Qed.

Lemma within_left a p extra l next others x : within a (Some p) extra -> x < Q2R p ->
  walk l (extra ++ (p, next) :: others) x = walk l extra x.
Proof.
  intros W Hx. destruct extra as [|[q k] [|]]; cbn [app walk]; [| |destruct W];
    destruct (Rlt_dec x (Q2R p)); auto; lra.
Qed.

Lemma within_right a p extra l next others x : within a (Some p) extra -> Q2R p <= x ->
  walk l (extra ++ (p, next) :: others) x = walk next others x.
Proof.
  intros W Hx. destruct extra as [|[q k] [|]]; cbn [app walk]; [| |destruct W].
  - destruct (Rlt_dec x (Q2R p)); auto; lra.
  - destruct W as [_ W]. apply (reflect_true _ _ (lessP q p)) in W.
    destruct (Rlt_dec x (Q2R q)), (Rlt_dec x (Q2R p)); auto; lra.
Qed.

Lemma bend_list_correct hi x ks : forall a l, right_of a x -> left_of hi x ->
  let (first, others) := bend_list a hi l ks in
  walk first others x / IZR (Zpos (bend_den b * D)) = bend_sem b (walk l ks x / IZR (Zpos D)).
Proof.
  induction ks as [|[p l'] ks IH]; intros a l Ha Hhi; cbn [bend_list]; [apply bend_piece_correct; auto|].
  cbn [walk]. pose proof (bend_piece_correct a (Some p) l x Ha) as B.
  pose proof (bend_piece_within a (Some p) l) as W.
  specialize (fun h => IH (Some p) l' h Hhi).
  destruct (bend_piece a (Some p) l) as [first extra].
  destruct (bend_list (Some p) hi l' ks) as [next others].
  destruct (Rlt_dec x (Q2R p)) as [h|h].
  - rewrite (within_left a) by auto. apply B. simpl; lra.
  - apply Rnot_lt_le in h. rewrite (within_right a) by auto. apply IH. exact h.
Qed.

Lemma bend_list_ascending hi ks : forall a c l,
  (forall q, end_less a (Some q) = true -> right_of c (Q2R q)) ->
  ascending c ks -> ascending c (snd (bend_list a hi l ks)).
Proof.
  assert (E : forall p q, end_less (Some p) (Some q) = true -> Q2R p < Q2R q).
  { intros p q H. apply (reflect_true _ _ (lessP p q) H). }
  induction ks as [|[p l'] ks IH]; intros a c l Hac H; cbn [bend_list].
  - pose proof (bend_piece_within a hi l) as W.
    destruct (bend_piece a hi l) as [first [|[q k] [|]]]; simpl in *; try tauto. destruct W; auto.
  - destruct H as [Hc H]. pose proof (bend_piece_within a (Some p) l) as W.
    specialize (IH (Some p) (Some p) l' (fun q h => Rlt_le _ _ (E p q h)) H).
    destruct (bend_piece a (Some p) l) as [first [|[q k] [|]]];
      destruct (bend_list (Some p) hi l' ks) as [next others]; simpl in *; try tauto.
    destruct W as [W1 W2]. apply E in W2. auto using Rlt_le.
Qed.
End Bend.

(* ---- networks ---- *)

Section Domain.
Variables lo hi : option Q.

Fixpoint bend_all (bs : list bend) (D : positive) (l : zline) (ks : list change) : zline * list change :=
  match bs with
  | [] => (l, ks)
  | b :: bs => let (l', ks') := bend_list b D lo hi l ks in bend_all bs (bend_den b * D) l' ks'
  end.

Fixpoint bend_dens (bs : list bend) (D : positive) : positive :=
  match bs with [] => D | b :: bs => bend_dens bs (bend_den b * D) end.

Definition bend_form (bs : list bend) (D : positive) (F : form) : form :=
  let (l, ks) := bend_all bs D (base F) (prefix (base F) (changes F)) in Form l (differences l ks).

Definition expand_layer (v : positive * list form) (l : layer_Z) : positive * list form :=
  let D := (den_Z l * fst v)%positive in
  (bend_dens (bends_Z l) D,
   map (fun row => bend_form (bends_Z l) D (combination (fst v) (snd v) row)) (rows_Z l)).

Definition expand (net : network) : option pieces :=
  match fold_left expand_layer (map decode net) (1%positive, [Form (1, 0)%Z []]) with
  | (D, F :: _) =>
      let piece l := Line (fst l) (snd l) D in
      tree (piece (base F)) (map (fun k => (fst k, piece (snd k))) (prefix (base F) (changes F)))
  | _ => None
  end.

Variable x : R.
Hypothesis Hlo : right_of lo x.
Hypothesis Hhi : left_of hi x.

Lemma bend_all_correct bs : forall D l ks, ascending None ks ->
  let (l', ks') := bend_all bs D l ks in
  ascending None ks' /\
  walk l' ks' x / IZR (Zpos (bend_dens bs D)) =
    fold_left (fun y b => bend_sem b y) bs (walk l ks x / IZR (Zpos D)).
Proof.
  induction bs as [|b bs IH]; intros D l ks H; cbn [bend_all bend_dens fold_left]; auto.
  pose proof (bend_list_correct b D hi x ks lo l Hlo Hhi) as B.
  pose proof (bend_list_ascending b D hi ks lo None l (fun _ _ => I) H) as A.
  destruct (bend_list b D lo hi l ks) as [l' ks']. rewrite <- B. apply IH. exact A.
Qed.

Lemma bend_form_correct bs D F : well_formed F ->
  well_formed (bend_form bs D F) /\
  form_sem (bend_form bs D F) x / IZR (Zpos (bend_dens bs D)) =
    fold_left (fun y b => bend_sem b y) bs (form_sem F x / IZR (Zpos D)).
Proof.
  intro H. unfold well_formed in *. unfold form_sem at 2. rewrite <- (walk_prefix _ _ _ _ H).
  unfold bend_form.
  pose proof (bend_all_correct bs D (base F) _ (prefix_ascending _ _ (base F) H)) as B.
  destruct (bend_all bs D (base F) (prefix (base F) (changes F))) as [l ks]. destruct B as [A B].
  split; [apply differences_ascending, A|]. rewrite <- B. unfold form_sem. cbn [base changes].
  rewrite (total_differences _ _ _ _ A). reflexivity.
Qed.

Lemma expand_layer_correct v l : Forall well_formed (snd v) ->
  let w := expand_layer v l in
  Forall well_formed (snd w) /\ values (fst w) (snd w) x = layer_R (values (fst v) (snd v) x) l.
Proof.
  intro W. unfold expand_layer, layer_R, values at 1. cbn [fst snd]. rewrite fold_map, !map_map. split.
  - apply Forall_map, Forall_forall. intros row _. apply bend_form_correct, combination_well_formed, W.
  - apply map_ext. intro row. rewrite <- combination_correct.
    apply bend_form_correct, combination_well_formed, W.
Qed.

Lemma expand_layers_correct net : forall v, Forall well_formed (snd v) ->
  let w := fold_left expand_layer net v in
  Forall well_formed (snd w) /\ values (fst w) (snd w) x = fold_left layer_R net (values (fst v) (snd v) x).
Proof.
  induction net as [|l net IH]; intros v W; cbn [fold_left]; auto.
  destruct (expand_layer_correct v l W) as [W' E]. destruct (IH _ W') as [W'' E']. split; auto.
  rewrite E', E. reflexivity.
Qed.

Lemma piece_sem D l ks :
  list_sem (Line (fst l) (snd l) D) (map (fun k => (fst k, Line (fst (snd k)) (snd (snd k)) D)) ks) x =
  walk l ks x / IZR (Zpos D).
Proof.
  revert l. induction ks as [|[p l'] ks IH]; intro l; cbn [map list_sem walk fst snd]; [reflexivity|].
  destruct (Rlt_dec x (Q2R p)); auto.
Qed.

Theorem expand_correct net t : expand net = Some t ->
  joined None t None = true /\ ranged t /\ sem t x = net_sem net x.
Proof.
  unfold expand, net_sem. rewrite <- decode_net.
  destruct (expand_layers_correct (map decode net) (1%positive, [Form (1, 0)%Z []])) as [W E].
  { repeat constructor. }
  assert (Ex : values 1 [Form (1, 0)%Z []] x = [x]).
  { unfold values, form_sem, zsem. cbn [map base changes total fst snd]. f_equal. field. }
  cbn [fst snd] in E. rewrite Ex in E. rewrite <- E. clear E Ex.
  destruct (fold_left expand_layer _ _) as [D [|F Fs]]; [discriminate|]. cbn [fst snd] in *. intro H.
  destruct (tree_correct _ _ _ H) as [J [HR S]]. split; auto. split; auto.
  rewrite S. cbn [values map hd]. rewrite piece_sem. inversion_clear W as [|? ? WF _].
  rewrite (walk_prefix _ _ _ _ WF). reflexivity.
Qed.
End Domain.
