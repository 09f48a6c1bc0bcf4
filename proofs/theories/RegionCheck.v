(* Computing the numbers of linear regions: the recursion of GermCount on search trees, and the check of a
   list of counts. The orbits of germs are followed once; of their places only the paths in the tree are
   kept. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces.
From Certify Require Import FiniteSets Regions Germs GermIntervals GermCount RegionCount RegionTree.
From Certify Require Import GermOrbit OrbitSums.
Import ListNotations.
Local Open Scope R_scope.

(* ---- The counts ---- *)

(* what is kept of a knot: where the iterates break, and the orbits of its germs *)
Record history := History { broken : list bool; left_orbit : list visit; right_orbit : list visit }.

Definition history_of (G : list (Z * grid)) (t : pieces) (n : nat) (p : Q) : history :=
  let l := quick_orbit G t n (Some p, Left) in
  let r := quick_orbit G t n (Some p, Right) in
  History (breaks_along 1 1 l r) l r.

Definition weight_of (k : nat) (W : list (at_knots Z)) (h : history) : Z :=
  (if nth k (broken h) false then 1 else 0) + after_along W (left_orbit h) + after_along W (right_orbit h).

(* the weights for k, k - 1, ..., 1 steps to go, summed in trees *)
Fixpoint weight_trees (H : at_knots history) (k : nat) : list (at_knots Z) :=
  match k with
  | O => []
  | S k => let W := weight_trees H k in fst (sums (weight_of k W) H) :: W
  end.

(* the counts for k, k - 1, ..., 1 steps from the orbits of the germs at the ends *)
Fixpoint counts_from (W : list (at_knots Z)) (l r : list visit) : list Z :=
  match W with
  | [] => []
  | _ :: W' => (total_along W l + total_along W r + 1)%Z :: counts_from W' l r
  end.

(* Some bits for the distances between places, and some for every step, in which errors grow like slopes. *)
Definition precisions (n : nat) : list Z := [64 + 4 * Z.of_nat n; 256 + 16 * Z.of_nat n]%Z.

(* The numbers of linear regions of the first n iterates between u and v. *)
Definition region_list (t : pieces) (n : nat) (u v : option Q) : list Z :=
  let G := grids t (precisions n) in
  rev (counts_from (weight_trees (plant (history_of G t n) t) n)
    (quick_orbit G t n (u, Right)) (quick_orbit G t n (v, Left))).

Section Counts.
Variables (t : pieces) (n : nat).
Hypothesis J : joined None t None = true.
Let G : list (Z * grid) := grids t (precisions n).
Let H : at_knots history := plant (history_of G t n) t.

Lemma quick g : quick_orbit G t n g = orbit t n g.
Proof. apply quick_orbit_correct. repeat constructor; lia. Qed.

Lemma weight_trees_length k : length (weight_trees H k) = k.
Proof. induction k as [|k IH]; simpl; auto. Qed.

Lemma history_broken k p : (k < n)%nat ->
  nth k (broken (history_of G t n p)) false = breaks_at (germ_line t) (S k) p.
Proof.
  intro Hk. apply eq_true_iff_eq. unfold history_of, breaks_at. cbn [broken]. rewrite !quick.
  rewrite breaks_along_correct, !slope_along_correct by (rewrite ?orbit_length; lia || reflexivity).
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
  rewrite !quick.
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
Proof. unfold region_list. fold G H. rewrite !quick. apply counts_from_correct. lia. Qed.

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

Lemma region_list_regions_line n : (forall x, sem t x = f x) ->
  region_counts_line f (region_list t n None None).
Proof.
  intros E k z Hk. apply count_ext with (2 := region_list_correct t n J None None k z I Hk).
  intro x. assert (Same : affine_near (iter (S k) (sem t)) x <-> affine_near (iter (S k) f) x).
  { split; apply (affine_near_ext _ _ 1 x Rlt_0_1); intros y _; [|symmetry]; apply iter_ext, E. }
  unfold inside, break. simpl. tauto.
Qed.

Theorem check_regions_line_correct counts : check_regions_line t counts = true ->
  (forall x, sem t x = f x) -> region_counts_line f counts.
Proof.
  intros C E. rewrite <- (reflect_true _ _ (equal_listsP _ _) C). apply region_list_regions_line, E.
Qed.

Theorem check_regions_line_complete counts : (forall x, sem t x = f x) ->
  region_counts_line f counts -> check_regions_line t counts = true.
Proof.
  intros E C. unfold check_regions_line.
  destruct (equal_listsP (region_list t (length counts) None None) counts) as [|N]; [reflexivity|].
  destruct N. apply (region_counts_line_unique f).
  - apply region_list_length. exact J.
  - apply region_list_regions_line, E.
  - exact C.
Qed.
End Check.
