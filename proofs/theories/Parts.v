(* Parts of an interval, in order from left to right, and how they are pulled back along a map.

   Where g maps an interval over [c, d], end to end, the parts of [c, d] come from parts of that interval, in
   the same order or in the opposite one, each mapped exactly onto its own.  (The finite itineraries of
   Covering.v, but many at a time.)  Also the weights of parts, and the choice of every other part, which
   leaves gaps between them. *)

From Coq Require Import Reals Lra Lia List Permutation.
From Certify Require Import Dynamics Continuity Covering.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Parts in order ---- *)

(* A part of an interval, with a label: for an edge the target. *)
Definition left {X A} (e : X * X * A) : X := fst (fst e).
Definition right {X A} (e : X * X * A) : X := snd (fst e).
Definition label {X A} (e : X * X * A) : A := snd e.

(* The parts L lie in [a, b], each to the right of those before it; they may touch. *)
Fixpoint chain {A} (a : R) (L : list (R * R * A)) (b : R) : Prop :=
  match L with
  | [] => a <= b
  | e :: L' => a <= left e /\ left e <= right e /\ chain (right e) L' b
  end.

Lemma chain_le {A} (L : list (R * R * A)) : forall a b, chain a L b -> a <= b.
Proof.
  induction L as [|e L IH]; simpl; intros a b H; [exact H|]. destruct H as (H1 & H2 & H3).
  apply IH in H3. lra.
Qed.

Lemma chain_start {A} (L : list (R * R * A)) a a' b : a' <= a -> chain a L b -> chain a' L b.
Proof. destruct L as [|e L]; simpl; [lra|]. intros Ha (H1 & H2 & H3). repeat split; auto; lra. Qed.

Lemma chain_end {A} (L : list (R * R * A)) : forall a b b', b <= b' -> chain a L b -> chain a L b'.
Proof.
  induction L as [|e L IH]; simpl; intros a b b' Hb H; [lra|]. destruct H as (H1 & H2 & H3).
  repeat split; auto. apply (IH _ b); assumption.
Qed.

Lemma chain_app {A} (L L' : list (R * R * A)) : forall a b c, chain a L b -> chain b L' c ->
  chain a (L ++ L') c.
Proof.
  induction L as [|e L IH]; simpl; intros a b c H H'; [apply (chain_start _ b); assumption|].
  destruct H as (H1 & H2 & H3). repeat split; auto. apply (IH _ b); assumption.
Qed.

Lemma chain_in {A} (L : list (R * R * A)) : forall a b e, chain a L b -> In e L ->
  a <= left e /\ left e <= right e /\ right e <= b.
Proof.
  induction L as [|e' L IH]; simpl; intros a b e H He; [contradiction|]. destruct H as (H1 & H2 & H3).
  destruct He as [<-|He]; [apply chain_le in H3; lra|]. destruct (IH _ _ e H3 He) as (H4 & H5 & H6). lra.
Qed.

(* The parts lie end to end from s to t. *)
Fixpoint tiled {A} (s : R) (L : list (R * R * A)) (t : R) : Prop :=
  match L with [] => s = t | e :: L' => left e = s /\ left e <= right e /\ tiled (right e) L' t end.

Lemma tiled_app {A} (L L' : list (R * R * A)) : forall s t u, tiled s L t -> tiled t L' u ->
  tiled s (L ++ L') u.
Proof.
  induction L as [|e L IH]; simpl; intros s t u H H'; [subst; exact H'|]. destruct H as (H1 & H2 & H3).
  repeat split; auto. apply (IH _ t); assumption.
Qed.

Lemma tiled_chain {A} (L : list (R * R * A)) : forall s t, tiled s L t -> chain s L t.
Proof.
  induction L as [|e L IH]; simpl; intros s t H; [lra|]. destruct H as (H1 & H2 & H3).
  repeat split; auto; lra.
Qed.

(* ---- Pulling parts back along a map ---- *)

(* The map g takes [u, w] onto [c, d], and the ends to the ends. *)
Definition maps_onto (g : R -> R) (u w c d : R) : Prop :=
  onto_ends g u w c d /\ forall x, u <= x <= w -> c <= g x <= d.

Lemma maps_onto_comp g h u w p q c d :
  maps_onto g u w p q -> maps_onto h p q c d -> maps_onto (fun x => h (g x)) u w c d.
Proof.
  intros [Hg Ig] [Hh Ih]. split; [|intros x Hx; apply Ih, Ig, Hx].
  destruct Hg as [[Hu Hw]|[Hu Hw]], Hh as [[Hp Hq]|[Hp Hq]]; unfold onto_ends; rewrite Hu, Hw; auto.
Qed.

Lemma covers_maps_onto g u w c d : continuity g -> c <= d -> covers g u w c d ->
  exists p q, u <= p /\ p <= q /\ q <= w /\ maps_onto g p q c d.
Proof.
  intros Hg Hcd Hc. destruct (Hc c ltac:(lra)) as (s & Hs & Es). destruct (Hc d ltac:(lra)) as (t & Ht & Et).
  destruct (exact_sub g u w s t c d Hg Hcd Hs Ht Es Et) as (p & q & H1 & H2 & H3 & H4 & H5).
  exists p, q. unfold maps_onto. auto.
Qed.

(* A part that g maps onto a part of L, with the same label. *)
Definition lifts {A} (g : R -> R) (L : list (R * R * A)) (e' : R * R * A) : Prop :=
  exists e, In e L /\ label e' = label e /\ maps_onto g (left e') (right e') (left e) (right e).

Lemma lifts_cons {A} g (e : R * R * A) L e' : lifts g L e' -> lifts g (e :: L) e'.
Proof. intros (e0 & He0 & H). exists e0. simpl. auto. Qed.

Lemma pull_back_up {A} g (L : list (R * R * A)) : continuity g ->
  forall u w c d, u <= w -> g u = c -> g w = d -> chain c L d -> exists L',
    chain u L' w /\ Permutation (map label L') (map label L) /\ forall e', In e' L' -> lifts g L e'.
Proof.
  intro Hg. induction L as [|e L IH]; simpl; intros u w c d Huw Hu Hw H.
  { exists []. split; [exact Huw|]. split; [constructor|]. intros e' []. }
  destruct H as (H1 & H2 & H3). pose proof (chain_le _ _ _ H3) as H4.
  destruct (IVT_up g u w (left e) Hg Huw) as (p & Hp & Egp); [lra|].
  destruct (IVT_up g p w (right e) Hg) as (q & Hq & Egq); [lra|lra|].
  destruct (exact_sub g p q p q (left e) (right e)) as (r & s & Hr & Hrs & Hs & Hon & Hin); auto; [lra|lra|].
  destruct (IH q w (right e) d) as (L' & HL' & Elab & HL); [lra|exact Egq|exact Hw|exact H3|].
  exists ((r, s, label e) :: L'). split; [|split].
  - simpl. unfold left, right in *. simpl. split; [lra|]. split; [lra|].
    apply (chain_start _ q); [lra|exact HL'].
  - simpl. apply Permutation_cons; [reflexivity|exact Elab].
  - intros e' [<-|He']; [|apply lifts_cons, HL, He']. exists e. simpl. unfold maps_onto. auto.
Qed.

Lemma pull_back_down {A} g (L : list (R * R * A)) : continuity g ->
  forall u w c d, u <= w -> g u = d -> g w = c -> chain c L d -> exists L',
    chain u L' w /\ Permutation (map label L') (map label L) /\ forall e', In e' L' -> lifts g L e'.
Proof.
  intro Hg. induction L as [|e L IH]; simpl; intros u w c d Huw Hu Hw H.
  { exists []. split; [exact Huw|]. split; [constructor|]. intros e' []. }
  destruct H as (H1 & H2 & H3). pose proof (chain_le _ _ _ H3) as H4.
  destruct (IVT_down g u w (left e) Hg Huw) as (q & Hq & Egq); [lra|].
  destruct (IVT_down g u q (right e) Hg) as (p & Hp & Egp); [lra|lra|].
  destruct (exact_sub g p q q p (left e) (right e)) as (r & s & Hr & Hrs & Hs & Hon & Hin); auto; [lra|lra|].
  destruct (IH u p (right e) d) as (L' & HL' & Elab & HL); [lra|exact Hu|exact Egp|exact H3|].
  exists (L' ++ [(r, s, label e)]). split; [|split].
  - apply (chain_app _ _ _ p); [exact HL'|]. simpl. unfold left, right in *. simpl. lra.
  - rewrite map_app. simpl. apply Permutation_sym, Permutation_cons_app. rewrite app_nil_r.
    apply Permutation_sym, Elab.
  - intros e' He'. apply in_app_or in He'. destruct He' as [He'|[<-|[]]]; [apply lifts_cons, HL, He'|].
    exists e. simpl. unfold maps_onto. auto.
Qed.

(* If g takes the ends of [u, w] to those of [c, d], then parts of [c, d] lift to parts of [u, w]. *)
Lemma pull_back {A} g (L : list (R * R * A)) u w c d : continuity g -> u <= w -> onto_ends g u w c d ->
  chain c L d ->
  exists L', chain u L' w /\ Permutation (map label L') (map label L) /\ forall e', In e' L' -> lifts g L e'.
Proof.
  intros Hg Huw [[Hu Hw]|[Hu Hw]] HL.
  - apply (pull_back_up g L Hg u w c d); assumption.
  - apply (pull_back_down g L Hg u w c d); assumption.
Qed.

(* ---- Weights ---- *)

Definition total {A} (v : A -> R) (L : list A) : R := fold_right (fun x s => v x + s) 0 L.

Lemma total_app {A} (v : A -> R) L L' : total v (L ++ L') = total v L + total v L'.
Proof. induction L as [|x L IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Lemma total_permutation {A} (v : A -> R) L L' : Permutation L L' -> total v L = total v L'.
Proof. induction 1; simpl; lra. Qed.

(* ---- Every other part ---- *)

(* Every other part of a chain: disjoint, even some d > 0 apart, and with at least half of the weight. *)
Definition spaced {A} (d : R) (L : list (R * R * A)) : Prop :=
  ForallOrdPairs (fun e e' => right e + d <= left e') L.

Lemma spaced_less {A} d d' (L : list (R * R * A)) : d' <= d -> spaced d L -> spaced d' L.
Proof.
  intros Hd H. induction H as [|e L He HL IH]; constructor; [|exact IH].
  rewrite Forall_forall in He |- *. intros e' He'. specialize (He e' He'). simpl in He. lra.
Qed.

Lemma alternate {A} (v : A -> R) (L : list (R * R * A)) : forall a b, chain a L b ->
  (forall e, In e L -> left e < right e) ->
  exists d L', 0 < d /\ spaced d L' /\ incl L' L /\ total v (map label L) <= 2 * total v (map label L').
Proof.
  assert (Both : forall a b, chain a L b -> (forall e, In e L -> left e < right e) -> exists d even odd,
    0 < d /\
    spaced d even /\ spaced d odd /\ incl even L /\ incl odd L /\
    (forall e, In e odd -> a + d <= left e) /\
    total v (map label L) = total v (map label even) + total v (map label odd)).
  { induction L as [|e L1 IH]; intros a b HL Hlt.
    { exists 1, [], []. repeat split; try constructor; try apply incl_refl; simpl; try lra; contradiction. }
    destruct HL as (H1 & H2 & H3). assert (He : left e < right e) by (apply Hlt; simpl; auto).
    destruct (IH (right e) b H3) as (d & even & odd & Hd & Heven & Hodd & Ieven & Iodd & Hafter & Etotal).
    { intros e' He'. apply Hlt. simpl; auto. }
    pose proof (Rmin_l d (right e - left e)). pose proof (Rmin_r d (right e - left e)).
    exists (Rmin d (right e - left e)), (e :: odd), even. repeat split.
    - apply Rmin_pos; lra.
    - constructor; [|apply (spaced_less d); auto]. apply Forall_forall. intros e' He'.
      specialize (Hafter e' He'). lra.
    - apply (spaced_less d); auto.
    - apply incl_cons; [simpl; auto|]. apply incl_tl, Iodd.
    - apply incl_tl, Ieven.
    - intros e' He'. apply Ieven in He'. destruct (chain_in _ _ _ e' H3 He') as [H4 _]. lra.
    - simpl. rewrite Etotal. unfold label. ring. }
  intros a b HL Hlt. destruct (Both a b HL Hlt)
    as (d & even & odd & Hd & Heven & Hodd & Ieven & Iodd & _ & Etotal).
  destruct (Rle_lt_dec (total v (map label odd)) (total v (map label even))).
  - exists d, even. repeat split; auto. lra.
  - exists d, odd. repeat split; auto. lra.
Qed.
