(* What is read off the orbit of a germ in a tree: sums of weights, and where the iterates break. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces Germs GermIntervals GermCount RegionCount RegionTree GermOrbit.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Sums along orbits ---- *)

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

Lemma total_along_correct t : forall (W : list (at_knots Z)) (X : list weighted) n g, (length W <= n)%nat ->
  Forall2 (fun w Y => forall g, sum_along w (path t g) = sum_right g Y) W X ->
  total_along W (orbit t n g) = total (germ_line t) X g.
Proof.
  intros W X n g Hn H. induction H as [|w Y W X Hw H IH] in n, g, Hn |- *; [destruct n; reflexivity|].
  destruct n as [|n]; [simpl in Hn; lia|]. rewrite orbit_S. cbn [total_along total facing turns on].
  rewrite Hw. unfold score. destruct (slope (germ_line t g) =? 0)%Z; [reflexivity|].
  rewrite IH by (simpl in Hn; lia). reflexivity.
Qed.

Lemma after_along_correct t (W : list (at_knots Z)) (X : list weighted) n g : (length W < n)%nat ->
  Forall2 (fun w Y => forall g, sum_along w (path t g) = sum_right g Y) W X ->
  after_along W (orbit t n g) = after (germ_line t) X g.
Proof.
  intros Hn H. destruct n as [|n]; [lia|]. rewrite orbit_S. unfold after. cbn [after_along on].
  destruct (slope (germ_line t g) =? 0)%Z; [reflexivity|]. apply total_along_correct; [lia|exact H].
Qed.

(* ---- Breaks ---- *)

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

Lemma same_line_true l m : same_line l m = true -> l = m.
Proof.
  unfold same_line. rewrite !andb_true_iff, !Z.eqb_eq, Pos.eqb_eq. destruct l, m; simpl. intuition congruence.
Qed.

Fixpoint slope_along (k : nat) (visits : list visit) : R :=
  match k, visits with
  | S k, v :: visits => real_slope (on v) * slope_along k visits
  | _, _ => 1
  end.

Lemma slope_along_correct t n : forall k g, (k <= n)%nat ->
  slope_along k (orbit t n g) = Q2R (slope_after (germ_line t) k g).
Proof.
  assert (One : Q2R 1 = 1) by (unfold Q2R; simpl; lra).
  induction n as [|n IH]; intros [|k] g Hk; [symmetry; exact One|lia|destruct (orbit t (S n) g); auto|].
  rewrite orbit_S. cbn [slope_along slope_after on]. rewrite Q2R_mult, Q2R_make.
  fold (real_slope (germ_line t g)).
  destruct (Z.eqb_spec (slope (germ_line t g)) 0) as [Z0|_]; [|rewrite IH by lia; reflexivity].
  apply real_slope_zero in Z0. rewrite Z0. ring.
Qed.

Lemma orbit_length t n : forall g, length (orbit t n g) = n.
Proof.
  induction n as [|n IH]; intro g; [reflexivity|]. rewrite orbit_S. cbn [length]. f_equal.
  destruct (slope (germ_line t g) =? 0)%Z; [apply repeat_length|apply IH].
Qed.

Lemma breaks_along_correct visits : forall visits' k a c,
  length visits = length visits' -> (k < length visits)%nat ->
  (nth k (breaks_along a c visits visits') false = true <->
   Q2R a * slope_along (S k) visits <> Q2R c * slope_along (S k) visits').
Proof.
  induction visits as [|[d w l] visits IH]; intros [|[d' w' m] visits'] k a c Hlen Hk; try (simpl in *; lia).
  injection Hlen as Hlen. cbn [breaks_along slope_along on].
  pose proof (real_slope_zero l) as Hl. pose proof (real_slope_zero m) as Hm.
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
    destruct next as [a' c']. cbn [fst snd] in Next. rewrite <- Next.
    destruct k as [|k]; [|apply IH; simpl in Hk; lia].
    cbn [nth slope_along]. rewrite !Rmult_1_r. destruct (sameP a' c'); cbn [negb]; split; congruence.
Qed.
