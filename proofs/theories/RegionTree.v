(* Germs in search trees of lines: the line that a germ is on, and the path to it, along which one can sum
   what belongs to the knots on its right. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces FiniteSets Germs GermIntervals GermCount.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Germs in a tree ---- *)

Inductive turn := GoLeft | GoRight.

Fixpoint locate (t : pieces) (g : germ) : list turn * line :=
  match t with
  | One l => ([], l)
  | Split L p _ _ R =>
      if right_of_germ g p then let (path, l) := locate L g in (GoLeft :: path, l)
      else let (path, l) := locate R g in (GoRight :: path, l)
  end.

Definition germ_line (t : pieces) (g : germ) : line := snd (locate t g).
Definition path (t : pieces) (g : germ) : list turn := fst (locate t g).
Definition places (t : pieces) : list Q := map fst (knots t).

Lemma germ_line_split L p v r R g : germ_line (Split L p v r R) g =
  if right_of_germ g p then germ_line L g else germ_line R g.
Proof.
  unfold germ_line. cbn [locate].
  destruct (right_of_germ g p); [destruct (locate L g)|destruct (locate R g)]; reflexivity.
Qed.

Lemma path_split L p v r R g : path (Split L p v r R) g =
  if right_of_germ g p then GoLeft :: path L g else GoRight :: path R g.
Proof.
  unfold path. cbn [locate].
  destruct (right_of_germ g p); [destruct (locate L g)|destruct (locate R g)]; reflexivity.
Qed.

Lemma places_split L p v r R : places (Split L p v r R) = places L ++ p :: places R.
Proof. unfold places. cbn [knots]. rewrite map_app. reflexivity. Qed.

Lemma places_between t a b p : joined a t b = true -> In p (places t) -> inside a b (Q2R p).
Proof.
  intros J H. apply in_map_iff in H as [k [<- Hk]]. destruct (knots_between t a b k J Hk) as [A B].
  split; [destruct a|destruct b]; simpl; auto.
Qed.

Lemma places_differ t : forall a b, joined a t b = true -> NoDup (map Q2R (places t)).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b J; [constructor|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. rewrite places_split, map_app. cbn [map].
  apply NoDup_append; [apply (IHL a (Some p) JL)|constructor; [|apply (IHR (Some p) b JR)]|].
  - intro H. apply in_map_iff in H as [q [E Hq]].
    destruct (places_between _ _ _ _ JR Hq) as [H _]. simpl in H. lra.
  - intros x HL HR. apply in_map_iff in HL as [q [<- Hq]].
    destruct (places_between _ _ _ _ JL Hq) as [_ H]. simpl in H.
    destruct HR as [E|HR]; [lra|]. apply in_map_iff in HR as [q' [E Hq']].
    destruct (places_between _ _ _ _ JR Hq') as [H' _]. simpl in H'. lra.
Qed.

(* A tree without knots between u and v is one line there. *)
Lemma germ_line_correct t : forall a b, joined a t b = true -> forall u v, apart u v ->
  (forall p, In p (places t) -> ~ inside u v (Q2R p)) ->
  germ_line t (v, Left) = germ_line t (u, Right) /\
  forall x, inside_closed u v x -> sem t x = line_sem (germ_line t (u, Right)) x.
Proof.
  induction t as [l|L IHL p w r R IHR]; intros a b J u v Huv Hno; [split; reflexivity|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR]. rewrite places_split in Hno.
  assert (NL : forall q, In q (places L) -> ~ inside u v (Q2R q)) by (intros; apply Hno, in_or_app; auto).
  assert (NR : forall q, In q (places R) -> ~ inside u v (Q2R q))
    by (intros; apply Hno, in_or_app; simpl; auto).
  assert (Np : ~ inside u v (Q2R p)) by (apply Hno, in_or_app; simpl; auto).
  assert (Hp : between u v p = false) by (destruct (betweenP u v p); [contradiction|reflexivity]).
  unfold between in Hp. rewrite !germ_line_split.
  destruct (right_of_germ (u, Right) p) eqn:Eu.
  - destruct (right_of_germ (v, Left) p) eqn:Ev; [|simpl in Hp; congruence].
    destruct (IHL a (Some p) JL u v Huv NL) as [El Hf]. split; [exact El|]. intros x Hx.
    rewrite (sem_left J); [apply Hf, Hx|]. destruct v as [v|]; [|discriminate]. simpl in Ev.
    apply (reflect_true _ _ (leqP v p)) in Ev. apply Rle_trans with (Q2R v); [apply Hx|exact Ev].
  - destruct u as [u|]; [|discriminate]. simpl in Eu.
    assert (Hu : Q2R p <= Q2R u) by (destruct (lessP u p); [discriminate|lra]).
    assert (Ev : right_of_germ (v, Left) p = false).
    { destruct v as [v|]; simpl in *; [|reflexivity]. destruct (leqP v p); [lra|reflexivity]. }
    rewrite Ev. destruct (IHR (Some p) b JR (Some u) v Huv NR) as [El Hf]. split; [exact El|]. intros x Hx.
    rewrite sem_right; [apply Hf, Hx|]. apply Rle_trans with (Q2R u); [exact Hu|apply Hx].
Qed.

(* ---- Trees of data at the knots ---- *)

Inductive at_knots (A : Type) :=
  | Tip
  | Fork (L : at_knots A) (a : A) (R : at_knots A).
Arguments Tip {A}.
Arguments Fork {A} L a R.

Fixpoint plant {A} (data : Q -> A) (t : pieces) : at_knots A :=
  match t with
  | One _ => Tip
  | Split L p _ _ R => Fork (plant data L) (data p) (plant data R)
  end.

(* The weights of the data, summed: at a knot its own and those of the tree right of it; and all of them. *)
Fixpoint sums {A} (weight : A -> Z) (D : at_knots A) : at_knots Z * Z :=
  match D with
  | Tip => (Tip, 0%Z)
  | Fork L a R =>
      let (L', l) := sums weight L in
      let (R', r) := sums weight R in
      let z := (weight a + r)%Z in (Fork L' z R', l + z)%Z
  end.

Fixpoint sum_along (w : at_knots Z) (path : list turn) : Z :=
  match w, path with
  | Fork L z _, GoLeft :: path => z + sum_along L path
  | Fork _ _ R, GoRight :: path => sum_along R path
  | _, _ => 0
  end.

Definition minus_infinity : germ := (None, Right).

Lemma sum_right_app g X Y : sum_right g (X ++ Y) = (sum_right g X + sum_right g Y)%Z.
Proof. induction X as [|[b z] X IH]; simpl; [reflexivity|]. rewrite IH. lia. Qed.

Lemma sum_right_none g X : (forall p, In p X -> right_of_germ g (fst p) = false) -> sum_right g X = 0%Z.
Proof.
  induction X as [|[b z] X IH]; intro H; [reflexivity|]. cbn [sum_right].
  pose proof (H (b, z) (or_introl eq_refl)) as Hb. cbn [fst] in Hb. rewrite Hb, IH; [reflexivity|].
  intros p Hp. apply H. right. exact Hp.
Qed.

Lemma sum_right_all g X : (forall p, In p X -> right_of_germ g (fst p) = true) ->
  sum_right g X = sum_right minus_infinity X.
Proof.
  induction X as [|[b z] X IH]; intro H; [reflexivity|]. cbn [sum_right right_of_germ minus_infinity].
  pose proof (H (b, z) (or_introl eq_refl)) as Hb. cbn [fst] in Hb. rewrite Hb, IH; [reflexivity|].
  intros p Hp. apply H. right. exact Hp.
Qed.

Section Sums.
Context {A : Type} (data : Q -> A) (weight : A -> Z).

Definition weighted_places (t : pieces) : weighted := map (fun p => (p, weight (data p))) (places t).

Lemma weighted_places_in t a b p : joined a t b = true -> In p (weighted_places t) ->
  inside a b (Q2R (fst p)).
Proof.
  intros J H. apply in_map_iff in H as [q [<- Hq]]. apply (places_between t a b q J Hq).
Qed.

Lemma sums_correct t : forall a b, joined a t b = true ->
  snd (sums weight (plant data t)) = sum_right minus_infinity (weighted_places t) /\
  forall g, sum_along (fst (sums weight (plant data t))) (path t g) = sum_right g (weighted_places t).
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b J; [split; reflexivity|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
  destruct (IHL _ _ JL) as [TL SL], (IHR _ _ JR) as [TR SR]. cbn [plant sums].
  destruct (sums weight (plant data L)) as [L' zl], (sums weight (plant data R)) as [R' zr].
  cbn [fst snd] in *.
  unfold weighted_places in *. rewrite places_split, map_app. cbn [map].
  set (XL := map _ (places L)) in *. set (XR := map _ (places R)) in *.
  split; [rewrite sum_right_app; cbn [sum_right right_of_germ minus_infinity]; lia|]. intro g.
  rewrite path_split, sum_right_app. cbn [sum_right]. destruct (right_of_germ g p) eqn:E; cbn [sum_along].
  - rewrite SL, TR. rewrite (sum_right_all g XR); [lia|].
    intros q Hq. apply right_of_germ_monotone with p; [|exact E].
    apply (weighted_places_in R (Some p) b q JR Hq).
  - rewrite SR, (sum_right_none g XL); [lia|]. intros q Hq. apply not_true_is_false. intro C.
    rewrite (right_of_germ_monotone g (fst q) p) in E; [discriminate| |exact C].
    apply (weighted_places_in L a (Some p) q JL Hq).
Qed.
End Sums.
