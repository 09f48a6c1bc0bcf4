(* The formula behind every region count: the breaks of f^t, sorted by the first time at which their
   orbits meet a knot.

   f maps [lo, hi] into itself and is affine near every point inside but finitely many, the knots. Let
   h(i, b) be the number of points inside [lo, hi] that f^i takes to the knot b, whose orbits meet no knot
   before, and near which f^i is injective. Then f^t has

     1 + the sum of h(i, b) over all i < t and all knots b at which f^(t-i) breaks

   linear regions. For until its orbit meets a knot a point has affine iterates; if f^i is constant near
   it nothing can happen any more, and if not, f^t breaks there as f^(t-i) does at the knot. *)

From Coq Require Import Reals Lra Lia ZArith List Bool.
From Certify Require Import Dynamics Iterates FiniteSets Regions.
Import ListNotations.
Local Open Scope R_scope.

Definition injective_near (F : R -> R) (x : R) : Prop :=
  exists d, 0 < d /\ forall y z, Rabs (y - x) < d -> Rabs (z - x) < d -> F y = F z -> y = z.

(* A map of [lo, hi] into itself that is locally a line, and not flat, keeps inner points inside. *)
Lemma stays_inside F lo hi s c d x : selfmap F lo hi -> lo < x < hi -> s <> 0 -> 0 < d ->
  (forall y, Rabs (y - x) < d -> F y = s * y + c) -> lo < F x < hi.
Proof.
  intros Hself Hx Hs Hd H. set (e := Rmin d (Rmin (x - lo) (hi - x)) / 2).
  assert (He : 0 < e < d /\ lo < x - e /\ x + e < hi).
  { assert (0 < Rmin d (Rmin (x - lo) (hi - x))) by (repeat apply Rmin_pos; lra).
    pose proof (Rmin_l d (Rmin (x - lo) (hi - x))). pose proof (Rmin_r d (Rmin (x - lo) (hi - x))).
    pose proof (Rmin_l (x - lo) (hi - x)). pose proof (Rmin_r (x - lo) (hi - x)). unfold e. lra. }
  pose proof (Hself (x - e) ltac:(lra)) as Hl. pose proof (Hself (x + e) ltac:(lra)) as Hr.
  rewrite H in Hl, Hr |- * by (apply Rabs_def1; lra).
  destruct (Rtotal_order s 0) as [C|[C|C]]; [nra|tauto|nra].
Qed.

Lemma injective_near_line F s c d x : 0 < d -> (forall y, Rabs (y - x) < d -> F y = s * y + c) ->
  (injective_near F x <-> s <> 0).
Proof.
  intros Hd E. split.
  - intros [e [He H]] ->. set (h := Rmin d e / 2).
    assert (Hh : 0 < h < d /\ h < e).
    { pose proof (Rmin_pos d e Hd He). pose proof (Rmin_l d e). pose proof (Rmin_r d e). unfold h. lra. }
    assert (x = x + h); [|lra]. apply H; try (apply Rabs_def1; lra).
    rewrite !E by (apply Rabs_def1; lra). ring.
  - intro Hs. exists d. split; [exact Hd|]. intros y z Hy Hz H. rewrite !E in H by assumption.
    apply (Rmult_eq_reg_l s); [lra|exact Hs].
Qed.

Lemma injective_near_ext F G x : (forall y, F y = G y) -> (injective_near F x <-> injective_near G x).
Proof.
  intro E. split; intros [d [Hd H]]; exists d; split; auto; intros y z Hy Hz Eq; apply H; auto.
  - rewrite !E. exact Eq.
  - rewrite <- !E. exact Eq.
Qed.

Lemma injective_near_comp F g s c d x : s <> 0 -> 0 < d -> (forall y, Rabs (y - x) < d -> g y = s * y + c) ->
  (injective_near (fun y => F (g y)) x <-> injective_near F (g x)).
Proof.
  intros Hs Hd E. pose proof (E x (near_center d x Hd)) as Ex. pose proof (Rabs_pos_lt s Hs) as Hp.
  assert (M : forall y, s * y + c - g x = s * (y - x)) by (intro y; rewrite Ex; ring). split.
  - intros [e [He H]]. exists (Rabs s * Rmin d e).
    split; [apply Rmult_lt_0_compat; [exact Hp|apply Rmin_pos; auto]|].
    assert (Back : forall z, Rabs (z - g x) < Rabs s * Rmin d e -> exists y, z = g y /\ Rabs (y - x) < e).
    { intros z Hz. exists ((z - c) / s). assert (Ez : z = s * ((z - c) / s) + c) by (field; exact Hs).
      rewrite Ez, M, Rabs_mult in Hz at 1. apply Rmult_lt_reg_l in Hz; [|exact Hp].
      pose proof (Rmin_l d e). pose proof (Rmin_r d e). split; [|lra]. rewrite E by lra. exact Ez. }
    intros y z Hy Hz Eq. destruct (Back y Hy) as [y' [-> Hy']], (Back z Hz) as [z' [-> Hz']].
    f_equal. apply H; auto.
  - intros [e [He H]]. exists (Rmin d (e / Rabs s)).
    split; [apply Rmin_pos; [exact Hd|apply Rdiv_lt_0_compat; auto]|].
    pose proof (Rmin_l d (e / Rabs s)). pose proof (Rmin_r d (e / Rabs s)).
    assert (Forth : forall y, Rabs (y - x) < Rmin d (e / Rabs s) -> Rabs (g y - g x) < e).
    { intros y Hy. rewrite E, M, Rabs_mult by lra. replace e with (Rabs s * (e / Rabs s)) by (field; lra).
      apply Rmult_lt_compat_l; lra. }
    intros y z Hy Hz Eq. apply H in Eq; [|apply Forth, Hy|apply Forth, Hz].
    rewrite (E y), (E z) in Eq by lra. apply (Rmult_eq_reg_l s); [lra|exact Hs].
Qed.

Section Formula.
Variables (f : R -> R) (lo hi : R) (knots : list R).
Hypothesis Hself : selfmap f lo hi.
Hypothesis Haffine : forall x, lo < x < hi -> ~ In x knots -> affine_near f x.

(* The orbit of x meets a knot, b, for the first time at time i, and f^i is not constant near x. *)
Definition first_hit (i : nat) (b x : R) : Prop :=
  iter i f x = b /\ In b knots /\ (forall s, (s < i)%nat -> ~ In (iter s f x) knots) /\
  injective_near (iter i f) x.

Lemma first_hit_unique i b j c x : first_hit i b x -> first_hit j c x -> i = j /\ b = c.
Proof.
  intros (<- & Hi & Bi & _) (<- & Hj & Bj & _).
  destruct (Nat.lt_trichotomy i j) as [H|[->|H]]; [destruct (Bj i H Hi)|auto|destruct (Bi j H Hj)].
Qed.

Lemma affine_before_knots i x : lo < x < hi -> (forall s, (s < i)%nat -> ~ In (iter s f x) knots) ->
  affine_near (iter i f) x.
Proof.
  intro Hx. induction i as [|i IH]; intro H; [apply affine_near_id|].
  destruct IH as [s [c [d [Hd E]]]]; [intros s Hs; apply H; lia|].
  destruct (Req_dec s 0) as [->|Hs].
  - apply (affine_near_constant f (iter i f) c d x Hd). intros y Hy. rewrite E by exact Hy. ring.
  - apply (affine_near_comp f (iter i f)); [exists s, c, d; auto|]. apply Haffine; [|apply H; lia].
    apply (stays_inside _ lo hi s c d x); auto. apply selfmap_iter, Hself.
Qed.

(* f^t breaks where the orbit has met a knot at which the remaining iterate breaks. *)
Lemma break_after_hit t i b x : lo < x < hi -> (i <= t)%nat -> first_hit i b x ->
  (break (iter t f) x <-> break (iter (t - i) f) b).
Proof.
  intros Hx Hi (<- & _ & Hs & Hinj). destruct (affine_before_knots i x Hx Hs) as [s [c [d [Hd E]]]].
  apply (injective_near_line _ s c d x Hd E) in Hinj. unfold break.
  rewrite <- (affine_near_line (iter (t - i) f) (iter i f) s c d x Hinj Hd E).
  assert (A : forall y, iter t f y = iter (t - i) f (iter i f y)).
  { intro y. rewrite <- iter_add. f_equal. lia. }
  split; intros H K; apply H; apply (affine_near_ext _ _ 1 x Rlt_0_1) with (2 := K); auto.
Qed.

Theorem break_iff_first_hit t x : lo < x < hi ->
  (break (iter t f) x <-> exists i b, (i < t)%nat /\ first_hit i b x /\ break (iter (t - i) f) b).
Proof.
  intro Hx. split.
  - intro Hb.
    set (before := fun i => forall s, (s < i)%nat -> ~ In (iter s f x) knots).
    assert (Time : (exists i, (i < t)%nat /\ In (iter i f x) knots /\ before i) \/ before t).
    { clear Hb. induction t as [|t [[i (Hi & Hin & Hs)]|Hs]];
        [right; intros s H; lia|left; exists i; auto with arith|].
      destruct (in_dec Req_EM_T (iter t f x) knots) as [Hin|Hout]; [left; exists t; auto|right].
      intros s Hst. destruct (Nat.eq_dec s t) as [->|]; [exact Hout|apply Hs; lia]. }
    destruct Time as [[i (Hi & Hin & Hs)]|Hs]; [|destruct Hb; apply affine_before_knots; auto].
    exists i, (iter i f x). split; [exact Hi|].
    assert (H : first_hit i (iter i f x) x).
    { repeat split; try tauto. destruct (affine_before_knots i x Hx Hs) as [s [c [d [Hd E]]]].
      apply (injective_near_line _ s c d x Hd E). intros ->. apply Hb.
      apply (affine_near_ext (fun y => iter (t - i) f (iter i f y)) _ 1 x Rlt_0_1).
      - intros y _. rewrite <- iter_add. f_equal. lia.
      - apply (affine_near_constant _ (iter i f) c d x Hd). intros y Hy. rewrite E by exact Hy. ring. }
    split; [exact H|]. apply (break_after_hit t i _ x Hx (Nat.lt_le_incl _ _ Hi) H), Hb.
  - intros [i [b (Hi & H & Hb)]]. apply (break_after_hit t i b x Hx (Nat.lt_le_incl _ _ Hi) H), Hb.
Qed.

(* h counts the first hits of each knot, breaks_at decides where the iterates break; here knots have names. *)
Theorem regions_formula_named {A} (names : list A) (place : A -> R) t
  (h : nat -> A -> Z) (breaks_at : nat -> A -> bool) :
  knots = map place names -> NoDup knots ->
  (forall i a, (i < t)%nat -> In a names ->
    count (fun x => lo < x < hi /\ first_hit i (place a) x) (h i a)) ->
  (forall j a, In a names -> (breaks_at j a = true <-> break (iter j f) (place a))) ->
  regions (iter t f) lo hi
    (1 + sum (seq 0 t) (fun i => sum names (fun a => if breaks_at (t - i)%nat a then h i a else 0%Z))).
Proof.
  intros Enames Hk Hh Hbreak. unfold regions. rewrite Z.add_comm, Z.add_simpl_r.
  assert (Hnames : NoDup names) by (apply (NoDup_map_inv place); rewrite <- Enames; exact Hk).
  assert (Hplace : forall a b, In a names -> In b names -> place a = place b -> a = b).
  { rewrite Enames in Hk. clear - Hk. induction names as [|a names IH]; [intros a b []|].
    cbn [map] in Hk. apply NoDup_cons_iff in Hk as [Ha Hk]. specialize (IH Hk).
    intros b c [<-|Hb] [<-|Hc] E; auto; destruct Ha; [rewrite E|rewrite <- E]; apply in_map; assumption. }
  apply count_ext with (fun x => exists i, In i (seq 0 t) /\
    exists a, In a names /\ ((lo < x < hi /\ first_hit i (place a) x) /\ break (iter (t - i) f) (place a))).
  { intro x. split.
    - intros [i [Hi [a (Ha & [Hx H] & H')]]]. apply in_seq in Hi. split; [exact Hx|].
      apply break_iff_first_hit; [exact Hx|]. exists i, (place a). split; [lia|auto].
    - intros [Hx H]. apply break_iff_first_hit in H as [i [b (Hi & H & H')]]; [|exact Hx].
      assert (Hb : In b knots) by apply H. rewrite Enames in Hb. apply in_map_iff in Hb as [a [<- Ha]].
      exists i. split; [apply in_seq; lia|]. exists a. auto. }
  apply count_sum; [apply seq_NoDup| |].
  - intros i j x _ _ [a (_ & [_ H] & _)] [b (_ & [_ H'] & _)]. apply (first_hit_unique i _ j _ x H H').
  - intros i Hi. apply in_seq in Hi. apply count_sum; [exact Hnames| |].
    + intros a b x Ha Hb [[_ H] _] [[_ H'] _]. apply Hplace; auto. apply (first_hit_unique i _ i _ x H H').
    + intros a Ha. specialize (Hbreak (t - i)%nat a Ha). destruct (breaks_at (t - i)%nat a).
      * apply count_ext with (fun x => lo < x < hi /\ first_hit i (place a) x); [|apply Hh; [lia|exact Ha]].
        intro x. split; [|tauto]. intro H. split; [exact H|]. apply Hbreak. reflexivity.
      * apply count_none. intros x [_ H]. apply Hbreak in H. discriminate.
Qed.

Theorem regions_formula t (h : nat -> R -> Z) (breaks_at : nat -> R -> bool) : NoDup knots ->
  (forall i b, (i < t)%nat -> In b knots -> count (fun x => lo < x < hi /\ first_hit i b x) (h i b)) ->
  (forall j b, In b knots -> (breaks_at j b = true <-> break (iter j f) b)) ->
  regions (iter t f) lo hi
    (1 + sum (seq 0 t) (fun i => sum knots (fun b => if breaks_at (t - i)%nat b then h i b else 0%Z))).
Proof. apply (regions_formula_named knots (fun b => b)). symmetry. apply map_id. Qed.
End Formula.
