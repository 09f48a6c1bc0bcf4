(* Computing the numbers of linear regions: the recursion of GermCount on search trees, and the check of a
   list of counts. The orbits of germs are followed once; of their places only the paths in the tree are
   kept. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces.
From Certify Require Import Regions Germs GermIntervals GermCount RegionCount RegionTree.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Orbits of germs ---- *)

Record visit := Visit { facing : side; turns : list turn; on : line }.

Fixpoint orbit (t : pieces) (n : nat) (g : germ) : list visit :=
  match n with
  | O => []
  | S n =>
      let (path, l) := locate t g in
      Visit (snd g) path l :: orbit t n (push_on l g)
  end.

Fixpoint total_along (W : list (at_knots Z)) (visits : list visit) : Z :=
  match W, visits with
  | w :: W, v :: visits =>
      let z := sum_along w (turns v) in
      match facing v with Left => - z | Right => z end +
      (if (slope (on v) =? 0)%Z then 0 else total_along W visits)
  | _, _ => 0
  end.

Definition after_along (W : list (at_knots Z)) (visits : list visit) : Z :=
  match visits with
  | v :: visits => if (slope (on v) =? 0)%Z then 0 else total_along W visits
  | [] => 0
  end.

(* Does f^t break at a knot, for t = 1, 2, ...? The slopes along the orbits of its two germs are multiplied
   up in a and c; while both germs are on one line nothing changes. *)
Definition same_line (l m : line) : bool :=
  (slope l =? slope m)%Z && (const l =? const m)%Z && (scale l =? scale m)%positive.

Fixpoint breaks_along (a c : Q) (visits visits' : list visit) : list bool :=
  match visits, visits' with
  | Visit _ _ l :: visits, Visit _ _ m :: visits' =>
      if (slope l =? 0)%Z && (slope m =? 0)%Z then []
      else
        let (a', c') :=
          if same_line l m then (a, c) else (a * (slope l # scale l), c * (slope m # scale m))%Q in
        negb (same a' c') :: breaks_along a' c' visits visits'
  | _, _ => []
  end.

Lemma orbit_S t n g : orbit t (S n) g =
  Visit (snd g) (path t g) (germ_line t g) :: orbit t n (push (germ_line t) g).
Proof.
  unfold push, germ_line, path. cbn [orbit]. destruct (locate t g) as [p l]. reflexivity.
Qed.

Lemma total_along_correct t : forall (W : list (at_knots Z)) (X : list weighted) n g, (length W <= n)%nat ->
  Forall2 (fun w Y => forall g, sum_along w (path t g) = sum_right g Y) W X ->
  total_along W (orbit t n g) = total (germ_line t) X g.
Proof.
  intros W X n g Hn H. induction H as [|w Y W X Hw H IH] in n, g, Hn |- *; [destruct n; reflexivity|].
  destruct n as [|n]; [simpl in Hn; lia|]. rewrite orbit_S. cbn [total_along total facing turns on].
  rewrite Hw. unfold score. rewrite IH by (simpl in Hn; lia). reflexivity.
Qed.

Lemma after_along_correct t (W : list (at_knots Z)) (X : list weighted) n g : (length W < n)%nat ->
  Forall2 (fun w Y => forall g, sum_along w (path t g) = sum_right g Y) W X ->
  after_along W (orbit t n g) = after (germ_line t) X g.
Proof.
  intros Hn H. destruct n as [|n]; [lia|]. rewrite orbit_S. unfold after. cbn [after_along on].
  rewrite (total_along_correct t W X) by (auto; lia). reflexivity.
Qed.

Lemma same_line_true l m : same_line l m = true -> l = m.
Proof.
  unfold same_line. rewrite !andb_true_iff, !Z.eqb_eq, Pos.eqb_eq. destruct l, m; simpl. intuition congruence.
Qed.

Lemma slope_after_S t k g : Q2R (slope_after (germ_line t) (S k) g) =
  real_slope (germ_line t g) * Q2R (slope_after (germ_line t) k (push (germ_line t) g)).
Proof. cbn [slope_after]. rewrite Q2R_mult. reflexivity. Qed.

Lemma breaks_along_correct t n : forall k g h a c, (k < n)%nat ->
  (nth k (breaks_along a c (orbit t n g) (orbit t n h)) false = true <->
   Q2R a * Q2R (slope_after (germ_line t) (S k) g) <> Q2R c * Q2R (slope_after (germ_line t) (S k) h)).
Proof.
  induction n as [|n IH]; intros k g h a c Hk; [lia|]. rewrite !orbit_S, !slope_after_S. cbn [breaks_along].
  pose proof (real_slope_zero (germ_line t g)) as Hl. pose proof (real_slope_zero (germ_line t h)) as Hm.
  set (l := germ_line t g) in *. set (m := germ_line t h) in *.
  destruct ((slope l =? 0)%Z && (slope m =? 0)%Z) eqn:Flat.
  - apply andb_true_iff in Flat as [Zl Zm]. apply Z.eqb_eq, Hl in Zl. apply Z.eqb_eq, Hm in Zm.
    replace (nth k [] false) with false by (destruct k; reflexivity). rewrite Zl, Zm.
    split; [discriminate|]. intro H. exfalso. apply H. ring.
  - set (next := if same_line l m then (a, c) else (a * (slope l # scale l), c * (slope m # scale m))%Q).
    assert (Next : forall x y, Q2R (fst next) * x = Q2R (snd next) * y <->
                     Q2R a * (real_slope l * x) = Q2R c * (real_slope m * y)).
    { intros x y. unfold next. destruct (same_line l m) eqn:El; cbn [fst snd].
      - apply same_line_true in El. rewrite <- El in *.
        replace (Q2R a * (real_slope l * x)) with (real_slope l * (Q2R a * x)) by ring.
        replace (Q2R c * (real_slope l * y)) with (real_slope l * (Q2R c * y)) by ring.
        split; [intros ->; reflexivity|]. intro H. apply (Rmult_eq_reg_l (real_slope l)); [exact H|].
        rewrite Hl. intro Z0. rewrite Z0 in Flat. discriminate.
      - rewrite !Q2R_mult, !Q2R_make. unfold real_slope. rewrite !Rmult_assoc. reflexivity. }
    destruct next as [a' c']. cbn [fst snd] in Next. rewrite <- Next. destruct k as [|k]; [|apply IH; lia].
    cbn [nth slope_after]. replace (Q2R 1) with 1 by (unfold Q2R; simpl; lra). rewrite !Rmult_1_r.
    destruct (sameP a' c') as [E|E]; simpl; split; congruence.
Qed.

(* ---- The counts ---- *)

Record history := History { broken : list bool; left_orbit : list visit; right_orbit : list visit }.

Definition history_of (t : pieces) (n : nat) (p : Q) : history :=
  let l := orbit t n (Some p, Left) in
  let r := orbit t n (Some p, Right) in
  History (breaks_along 1 1 l r) l r.

Definition weight_of (k : nat) (W : list (at_knots Z)) (h : history) : Z :=
  (if nth k (broken h) false then 1 else 0) + after_along W (left_orbit h) + after_along W (right_orbit h).

Fixpoint weight_trees (H : at_knots history) (k : nat) : list (at_knots Z) :=
  match k with
  | O => []
  | S k => let W := weight_trees H k in fst (sums (weight_of k W) H) :: W
  end.

Fixpoint counts_from (W : list (at_knots Z)) (l r : list visit) : list Z :=
  match W with
  | [] => []
  | _ :: W' => (total_along W l + total_along W r + 1)%Z :: counts_from W' l r
  end.

(* The numbers of linear regions of the first n iterates between u and v. *)
Definition region_list (t : pieces) (n : nat) (u v : option Q) : list Z :=
  rev (counts_from (weight_trees (plant (history_of t n) t) n) (orbit t n (u, Right)) (orbit t n (v, Left))).

Section Counts.
Variables (t : pieces) (n : nat).
Hypothesis J : joined None t None = true.
Let H : at_knots history := plant (history_of t n) t.

Lemma weight_trees_length k : length (weight_trees H k) = k.
Proof. induction k as [|k IH]; simpl; auto. Qed.

Lemma history_broken k p : (k < n)%nat ->
  nth k (broken (history_of t n p)) false = breaks_at (germ_line t) (S k) p.
Proof.
  intro Hk. apply eq_true_iff_eq. unfold history_of, breaks_at. cbn [broken].
  rewrite breaks_along_correct by exact Hk.
  replace (Q2R 1) with 1 by (unfold Q2R; simpl; lra). rewrite !Rmult_1_l.
  match goal with |- _ <-> negb (same ?a ?c) = true => destruct (sameP a c) as [E|E] end;
    cbn [negb]; split; congruence.
Qed.

Lemma weight_trees_correct k : (k <= n)%nat ->
  Forall2 (fun w X => forall g, sum_along w (path t g) = sum_right g X)
    (weight_trees H k) (weights (places t) (germ_line t) (breaks_at (germ_line t)) k).
Proof.
  induction k as [|k IH]; intro Hk; [constructor|]. cbn [weight_trees weights].
  specialize (IH ltac:(lia)). constructor; [|exact IH]. intro g.
  unfold H at 2. rewrite (proj2 (sums_correct _ _ t None None J) g). f_equal. apply map_ext. intro p. f_equal.
  assert (Hlen : (length (weight_trees H k) < n)%nat) by (rewrite weight_trees_length; lia).
  unfold weight_of, weight. rewrite history_broken by lia. unfold history_of. cbn [left_orbit right_orbit].
  rewrite !(fun g => after_along_correct t _ _ n g Hlen IH). reflexivity.
Qed.

Lemma counts_from_correct u v k : (k <= n)%nat ->
  rev (counts_from (weight_trees H k) (orbit t n (u, Right)) (orbit t n (v, Left))) =
  map (fun j => number_between (places t) (germ_line t) (breaks_at (germ_line t)) j u v + 1)%Z (seq 1 k).
Proof.
  induction k as [|k IH]; intro Hk; [reflexivity|]. rewrite seq_S, map_app, <- IH by lia. cbn [map].
  pose proof (weight_trees_correct (S k) Hk) as C.
  assert (Hlen : (length (weight_trees H (S k)) <= n)%nat) by (rewrite weight_trees_length; exact Hk).
  unfold number_between. rewrite <- !(fun g => total_along_correct t _ _ n g Hlen C). reflexivity.
Qed.

Lemma region_list_map u v : region_list t n u v =
  map (fun j => number_between (places t) (germ_line t) (breaks_at (germ_line t)) j u v + 1)%Z (seq 1 n).
Proof. apply counts_from_correct. lia. Qed.

Lemma region_list_length u v : length (region_list t n u v) = n.
Proof. rewrite region_list_map, map_length, seq_length. reflexivity. Qed.

Theorem region_list_correct u v k z : apart u v -> nth_error (region_list t n u v) k = Some z ->
  count (fun x => inside u v x /\ break (iter (S k) (sem t)) x) (z - 1).
Proof.
  intros Huv E.
  assert (Hk : (k < n)%nat) by (rewrite <- (region_list_length u v); apply nth_error_Some; congruence).
  rewrite region_list_map, nth_error_map, (nth_error_nth' _ 0%nat), seq_nth in E
    by (rewrite ?seq_length; exact Hk).
  injection E as <-. rewrite Z.add_simpl_r.
  apply count_breaks; [apply (places_differ t None None J)|apply (germ_line_correct t None None J)|exact Huv].
Qed.
End Counts.

(* ---- The check ---- *)

Fixpoint equal_lists (a b : list Z) : bool :=
  match a, b with
  | [], [] => true
  | x :: a, y :: b => (x =? y)%Z && equal_lists a b
  | _, _ => false
  end.

Lemma equal_listsP a b : reflect (a = b) (equal_lists a b).
Proof.
  revert b. induction a as [|x a IH]; intros [|y b]; simpl; try (constructor; congruence).
  destruct (Z.eqb_spec x y) as [->|E], (IH b) as [->|E']; simpl; constructor; congruence.
Qed.

Definition check_regions (t : pieces) (lo hi : Q) (counts : list Z) : bool :=
  less lo hi && equal_lists (region_list t (length counts) (Some lo) (Some hi)) counts.

Definition check_regions_line (t : pieces) (counts : list Z) : bool :=
  equal_lists (region_list t (length counts) None None) counts.

Section Check.
Variables (f : R -> R) (t : pieces).
Hypothesis J : joined None t None = true.

Lemma region_list_regions lo hi n : Q2R lo < Q2R hi -> selfmap f (Q2R lo) (Q2R hi) ->
  (forall x, Q2R lo <= x <= Q2R hi -> sem t x = f x) ->
  region_counts f (Q2R lo) (Q2R hi) (region_list t n (Some lo) (Some hi)).
Proof.
  intros Hlohi Hself E k z Hk. apply (regions_agree (sem t) f); auto.
  apply count_ext with (2 := region_list_correct t n J (Some lo) (Some hi) k z Hlohi Hk). reflexivity.
Qed.

Theorem check_regions_correct lo hi counts : check_regions t lo hi counts = true ->
  selfmap f (Q2R lo) (Q2R hi) -> (forall x, Q2R lo <= x <= Q2R hi -> sem t x = f x) ->
  region_counts f (Q2R lo) (Q2R hi) counts.
Proof.
  unfold check_regions. destruct (lessP lo hi) as [Hlohi|]; [|discriminate]. simpl. intros C Hself E.
  rewrite <- (reflect_true _ _ (equal_listsP _ _) C). apply region_list_regions; auto.
Qed.

Theorem check_regions_complete lo hi counts : Q2R lo < Q2R hi ->
  selfmap f (Q2R lo) (Q2R hi) -> (forall x, Q2R lo <= x <= Q2R hi -> sem t x = f x) ->
  region_counts f (Q2R lo) (Q2R hi) counts -> check_regions t lo hi counts = true.
Proof.
  intros Hlohi Hself E C. unfold check_regions. destruct (lessP lo hi); [simpl|contradiction].
  destruct (equal_listsP (region_list t (length counts) (Some lo) (Some hi)) counts) as [|N]; [reflexivity|].
  destruct N. apply (region_counts_unique f (Q2R lo) (Q2R hi)).
  - apply region_list_length. exact J.
  - apply region_list_regions; auto.
  - exact C.
Qed.

Theorem check_regions_line_correct counts : check_regions_line t counts = true ->
  (forall x, sem t x = f x) -> region_counts_line f counts.
Proof.
  intros C E k z Hk. apply (reflect_true _ _ (equal_listsP _ _)) in C. rewrite <- C in Hk.
  apply count_ext with (2 := region_list_correct t _ J None None k z I Hk).
  intro x. assert (Same : affine_near (iter (S k) (sem t)) x <-> affine_near (iter (S k) f) x).
  { split; apply (affine_near_ext _ _ 1 x Rlt_0_1); intros y _; [|symmetry]; apply iter_ext, E. }
  unfold inside, break. simpl. tauto.
Qed.
End Check.
