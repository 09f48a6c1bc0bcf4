(* Counting points by the orbits of germs (kneading theory, Milnor and Thurston 1988, here for any knots).

   f is piecewise affine on the line, with rational data. Let P t be properties of points such that x has
   P (t + 1) if and only if f is not constant near x and f x has P t, unless x is a knot: there it is
   decided. "f^t breaks at x" is such a property, "the orbit of x meets a given knot after t steps and
   none before" is one.

   How many points between u and v have P (t + 1)? f maps the parts between the knots affinely onto
   intervals between two germs, or to points. So the number is a sum over the knots b inside, of 1 if b is
   one of the points and of what the images of both germs at b contribute, and of what the images of the
   two germs at the ends contribute: it is the sum of two terms, one for each end, that follow the orbits
   of germs. With the sums over knots inside written as differences of sums over all knots to the right of
   a germ no interval is left, and t steps take time polynomial in t. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces FiniteSets Germs GermIntervals.
Import ListNotations.
Local Open Scope R_scope.

(* ---- The recursion ---- *)

Section Recursion.
Variable knots : list Q.
Variable line_of : germ -> line.           (* the line of f next to the germ *)
Variable marked : nat -> Q -> bool.        (* which knots have P t *)

Definition push (g : germ) : germ := push_on (line_of g) g.

(* knots with weights *)
Definition weighted := list (Q * Z).

Fixpoint sum_right (g : germ) (X : weighted) : Z :=
  match X with
  | [] => 0
  | (b, z) :: X => (if right_of_germ g b then z else 0) + sum_right g X
  end.

Definition score (g : germ) (X : weighted) : Z :=
  match snd g with Left => - sum_right g X | Right => sum_right g X end.

(* The weights for t, t - 1, ..., 1 steps to go are collected along the orbit of a germ, until f is flat. *)
Fixpoint total (W : list weighted) (g : germ) : Z :=
  match W with
  | [] => 0
  | X :: W => score g X + (if (slope (line_of g) =? 0)%Z then 0 else total W (push g))
  end.

Definition after (W : list weighted) (g : germ) : Z :=
  if (slope (line_of g) =? 0)%Z then 0%Z else total W (push g).

Definition weight (t : nat) (W : list weighted) (b : Q) : Z :=
  (if marked t b then 1 else 0) + after W (Some b, Left) + after W (Some b, Right).

Fixpoint weights (t : nat) : list weighted :=
  match t with
  | O => []
  | S k => let W := weights k in map (fun b => (b, weight t W b)) knots :: W
  end.

(* The number of points between u and v with P t. *)
Definition number_between (t : nat) (u v : option Q) : Z :=
  total (weights t) (u, Right) + total (weights t) (v, Left).

(* ---- Correctness ---- *)

Variable f : R -> R.
Hypothesis knots_differ : NoDup (map Q2R knots).
Hypothesis one_line : forall u v, apart u v -> (forall b, In b knots -> ~ inside u v (Q2R b)) ->
  line_of (v, Left) = line_of (u, Right) /\
  forall x, inside_closed u v x -> f x = line_sem (line_of (u, Right)) x.

Variable P : nat -> R -> Prop.
Hypothesis P_0 : forall x, ~ P 0 x.
Hypothesis P_knot : forall t b, In b knots -> (marked (S t) b = true <-> P (S t) (Q2R b)).
Hypothesis P_line : forall t l d x, ~ In x (map Q2R knots) -> 0 < d ->
  (forall y, Rabs (y - x) < d -> f y = line_sem l y) ->
  (P (S t) x <-> slope l <> 0%Z /\ P t (line_sem l x)).

Fixpoint sum_between (u v : option Q) (X : weighted) : Z :=
  match X with
  | [] => 0
  | (b, z) :: X => (if between u v b then z else 0) + sum_between u v X
  end.

Lemma score_between u v X : apart u v -> (score (u, Right) X + score (v, Left) X)%Z = sum_between u v X.
Proof.
  intro H. unfold score. cbn [snd]. induction X as [|[b z] X IH]; [reflexivity|].
  cbn [sum_right sum_between]. unfold between.
  assert (right_of_germ (v, Left) b = true -> right_of_germ (u, Right) b = true).
  { destruct u as [u|], v as [v|]; simpl in *; try congruence.
    destruct (leqP v b), (lessP u b); try congruence. lra. }
  destruct (right_of_germ (u, Right) b), (right_of_germ (v, Left) b); simpl; try lia.
Qed.

(* An interval without knots. *)
Lemma count_on_line t u v :
  (forall u v, apart u v -> count (fun x => inside u v x /\ P t x) (number_between t u v)) ->
  apart u v -> (forall b, In b knots -> ~ inside u v (Q2R b)) ->
  count (fun x => inside u v x /\ P (S t) x)
    (after (weights t) (u, Right) + after (weights t) (v, Left)).
Proof.
  intros IH Huv Hno. destruct (one_line u v Huv Hno) as [El Hf]. unfold after, push. rewrite El.
  set (l := line_of (u, Right)) in *.
  assert (E : forall x, inside u v x -> (P (S t) x <-> slope l <> 0%Z /\ P t (line_sem l x))).
  { intros x Hx. destruct (inside_neighbourhood u v x Hx) as [d [Hd Hy]]. apply P_line with d; [|exact Hd|].
    - intro Hin. apply in_map_iff in Hin as [b [<- Hb]]. exact (Hno b Hb Hx).
    - intros y H. apply Hf, inside_is_closed, Hy, H. }
  destruct (Z.eqb_spec (slope l) 0) as [H0|H0].
  - apply count_none. intros x [Hx H]. apply (E x Hx) in H. tauto.
  - apply count_ext with (fun x => inside u v x /\ P t (line_sem l x)).
    + intro x. split; intros [Hx H]; (split; [exact Hx|]); apply (E x Hx); tauto.
    + apply count_push with (P := P t) (term := total (weights t)); auto.
Qed.

(* ---- Cutting at the knots ---- *)

Lemma inside_cut u v k x : inside u v k ->
  (inside u v x <-> (above u x /\ x < k) \/ x = k \/ (k < x /\ below v x)).
Proof.
  unfold inside. intros [Hu Hv]. split.
  - intros [H1 H2]. destruct (Rtotal_order x k) as [H|[H|H]]; auto.
  - destruct u, v; simpl in *; intros [[H1 H2]|[H|[H1 H2]]]; subst; split; lra || auto.
Qed.

Lemma sum_between_cut u v k X : inside u v (Q2R k) -> ~ In (Q2R k) (map (fun p => Q2R (fst p)) X) ->
  sum_between u v X = (sum_between u (Some k) X + sum_between (Some k) v X)%Z.
Proof.
  intros Hk. induction X as [|[b z] X IH]; intro Hno; [reflexivity|]. simpl in Hno.
  cbn [sum_between]. rewrite IH by tauto. pose proof (inside_cut u v (Q2R k) (Q2R b) Hk) as C.
  assert (Q2R b <> Q2R k) as Hne by (intro E; apply Hno; auto).
  destruct (betweenP u v b), (betweenP u (Some k) b) as [[A1 A2]|A], (betweenP (Some k) v b) as [[B1 B2]|B];
    unfold inside in *; simpl in *; try lia; exfalso; tauto || lra.
Qed.

Lemma count_cut t X :
  (forall u v, apart u v -> count (fun x => inside u v x /\ P t x) (number_between t u v)) ->
  NoDup (map (fun p => Q2R (fst p)) X) ->
  (forall b z, In (b, z) X -> In b knots /\ z = weight (S t) (weights t) b) ->
  forall u v, apart u v -> (forall b, In b knots -> inside u v (Q2R b) -> In b (map fst X)) ->
  count (fun x => inside u v x /\ P (S t) x)
    (after (weights t) (u, Right) + after (weights t) (v, Left) + sum_between u v X).
Proof.
  intros IH HD HX. induction X as [|[k z] X IHX]; intros u v Huv Hall.
  { simpl. rewrite Z.add_0_r. apply count_on_line; [exact IH|exact Huv|exact Hall]. }
  cbn [map fst] in HD. apply NoDup_cons_iff in HD as [Hk HD].
  assert (HX' : forall b w, In (b, w) X -> In b knots /\ w = weight (S t) (weights t) b)
    by (intros; apply HX; simpl; auto).
  specialize (IHX HD HX'). cbn [sum_between]. destruct (betweenP u v k) as [C|C].
  - assert (Cut : forall u' v', (forall x, inside u' v' x -> inside u v x /\ x <> Q2R k) ->
              forall b, In b knots -> inside u' v' (Q2R b) -> In b (map fst X)).
    { intros u' v' Hsub b Hb Hin. destruct (Hsub _ Hin) as [Hin' Hne].
      destruct (Hall b Hb Hin') as [E|H]; [simpl in E; congruence|exact H]. }
    destruct (HX k z (or_introl eq_refl)) as [Hin_k Ez]. unfold weight in Ez.
    rewrite (sum_between_cut u v k X C Hk). set (n := (if marked (S t) k then 1 else 0)%Z) in Ez.
    replace (after (weights t) (u, Right) + after (weights t) (v, Left) +
             (z + (sum_between u (Some k) X + sum_between (Some k) v X)))%Z with
      ((after (weights t) (u, Right) + after (weights t) (Some k, Left) + sum_between u (Some k) X) +
       (n + (after (weights t) (Some k, Right) + after (weights t) (v, Left) + sum_between (Some k) v X)))%Z
      by lia.
    assert (Left_part : forall x, inside u (Some k) x -> inside u v x /\ x <> Q2R k).
    { intros x [H1 H2]. rewrite (inside_cut u v (Q2R k) x C). simpl in H2. split; [auto|lra]. }
    assert (Right_part : forall x, inside (Some k) v x -> inside u v x /\ x <> Q2R k).
    { intros x [H1 H2]. rewrite (inside_cut u v (Q2R k) x C). simpl in H1. split; [auto|lra]. }
    apply count_ext with (fun x =>
      (inside u (Some k) x /\ P (S t) x) \/ (x = Q2R k /\ P (S t) (Q2R k)) \/
      (inside (Some k) v x /\ P (S t) x)).
    { intro x. split.
      - intros [[H1 H2]|[[-> H]|[H1 H2]]]; split; auto; [apply Left_part, H1|apply Right_part, H1].
      - intros [H1 H2]. apply (inside_cut u v (Q2R k) x C) in H1 as [H|[->|H]]; unfold inside; simpl; auto. }
    destruct C as [C1 C2]. apply count_or; [| |apply count_or].
    + intros x [[_ H2] _]. simpl in H2. intros [[-> _]|[[H1 _] _]]; [lra|simpl in H1; lra].
    + apply IHX; [destruct u; simpl in *; auto|apply Cut, Left_part].
    + intros x [-> _] [[H1 _] _]. simpl in H1. lra.
    + apply count_one_if, P_knot, Hin_k.
    + apply IHX; [destruct v; simpl in *; auto|apply Cut, Right_part].
  - apply IHX; [exact Huv|]. intros b Hb Hin. destruct (Hall b Hb Hin) as [E|H]; [|exact H].
    simpl in E. subst b. contradiction.
Qed.

Theorem number_between_correct t : forall u v, apart u v ->
  count (fun x => inside u v x /\ P t x) (number_between t u v).
Proof.
  induction t as [|t IH]; intros u v Huv.
  - apply count_none. intros x [_ H]. exact (P_0 x H).
  - unfold number_between. cbn [weights total]. set (X := map _ knots).
    replace (_ + _)%Z with (after (weights t) (u, Right) + after (weights t) (v, Left) + sum_between u v X)%Z
      by (rewrite <- score_between by exact Huv; unfold after; lia).
    apply count_cut; auto.
    + unfold X. rewrite map_map. exact knots_differ.
    + intros b z Hin. apply in_map_iff in Hin as [b' [[= <- <-] Hb]]. auto.
    + intros b Hb _. unfold X. rewrite map_map, map_id. exact Hb.
Qed.
End Recursion.
