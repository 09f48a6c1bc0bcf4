(* The two counts: breaks of iterates, and first hits of a knot.

   The slopes of f^t on the sides of a knot are products along the orbits of its two germs: they tell
   whether f^t breaks there. With that the recursion of GermCount gives the number of breaks of f^t, and
   in the same way the numbers of first hits in the formula of FirstHits. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces.
From Certify Require Import FiniteSets Regions Germs GermIntervals GermCount FirstHits.
Import ListNotations.
Local Open Scope R_scope.

Section Counts.
Variable knots : list Q.
Variable line_of : germ -> line.

Fixpoint slope_after (t : nat) (g : germ) : Q :=
  match t with
  | O => 1
  | S t => (slope (line_of g) # scale (line_of g)) * slope_after t (push line_of g)
  end.

Definition breaks_at (t : nat) (b : Q) : bool :=
  negb (same (slope_after t (Some b, Left)) (slope_after t (Some b, Right))).

Variable f : R -> R.
Hypothesis knots_differ : NoDup (map Q2R knots).
Hypothesis one_line : forall u v, apart u v -> (forall b, In b knots -> ~ inside u v (Q2R b)) ->
  line_of (v, Left) = line_of (u, Right) /\
  forall x, inside_closed u v x -> f x = line_sem (line_of (u, Right)) x.

(* ---- Breaks ---- *)

Lemma has_slope_line y d : has_slope f (Q2R y) d (real_slope (line_of (Some y, d))) /\
  f (Q2R y) = Q2R (line_at (line_of (Some y, d)) y).
Proof.
  rewrite <- line_at_correct.
  assert (E : exists e, 0 < e /\ forall h, 0 <= h < e ->
            f (Q2R y + sign d * h) = line_sem (line_of (Some y, d)) (Q2R y + sign d * h)).
  { destruct d; simpl.
    - destruct (free_left y knots) as [u [Hu Hno]]. destruct (one_line u (Some y) Hu Hno) as [-> Hf].
      destruct u as [a|]; simpl in Hu; [exists (Q2R y - Q2R a)|exists 1]; (split; [lra|]);
        intros h Hh; apply Hf; split; simpl; lra || auto.
    - destruct (free_right y knots) as [v [Hv Hno]]. destruct (one_line (Some y) v Hv Hno) as [_ Hf].
      destruct v as [b|]; simpl in Hv; [exists (Q2R b - Q2R y)|exists 1]; (split; [lra|]);
        intros h Hh; apply Hf; split; simpl; lra || auto. }
  destruct E as [e [He E]].
  assert (E0 : f (Q2R y) = line_sem (line_of (Some y, d)) (Q2R y)).
  { specialize (E 0 ltac:(lra)). rewrite Rmult_0_r, Rplus_0_r in E. exact E. }
  split; [|exact E0]. exists e. split; [exact He|]. intros h Hh.
  rewrite E, E0, !line_sem_slope by exact Hh. ring.
Qed.

Lemma slope_after_correct t : forall y d,
  has_slope (iter t f) (Q2R y) d (Q2R (slope_after t (Some y, d))).
Proof.
  induction t as [|t IH]; intros y d.
  - exists 1. split; [lra|]. intros h _. simpl. replace (Q2R 1) with 1 by (unfold Q2R; simpl; lra). lra.
  - destruct (has_slope_line y d) as [Hs Hv]. cbn [slope_after].
    unfold push, push_on. cbn [fst snd option_map].
    set (l := line_of (Some y, d)) in *. rewrite Q2R_mult, Q2R_make. fold (real_slope l).
    apply has_slope_ext with (fun x => iter t f (f x)); [intro x; symmetry; apply iter_S|].
    unfold turned. destruct (real_slope_sign l) as [[H Hr]|[[H Hr]|[H Hr]]].
    + replace (slope l <? 0)%Z with false by (symmetry; apply Z.ltb_ge; lia).
      apply has_slope_comp with d; [exact Hs|destruct d; simpl; lra|]. rewrite Hv. apply IH.
    + rewrite Hr, Rmult_0_l in *. apply has_slope_flat, Hs.
    + replace (slope l <? 0)%Z with true by (symmetry; apply Z.ltb_lt; lia).
      apply has_slope_comp with (opposite d); [exact Hs|destruct d; simpl; lra|]. rewrite Hv. apply IH.
Qed.

Lemma breaks_at_correct t b : breaks_at t b = true <-> break (iter t f) (Q2R b).
Proof.
  rewrite (break_iff_slopes _ _ _ _ (slope_after_correct t b Left) (slope_after_correct t b Right)).
  unfold breaks_at. destruct (sameP (slope_after t (Some b, Left)) (slope_after t (Some b, Right)));
    cbn [negb]; split; congruence.
Qed.

Lemma near_line l d x : (forall y, Rabs (y - x) < d -> f y = line_sem l y) ->
  forall y, Rabs (y - x) < d -> f y = real_slope l * y + real_const l.
Proof. intros E y Hy. rewrite E by exact Hy. apply line_sem_slope. Qed.

(* Where f is a line, f^(t+1) breaks if the line is not flat and f^t breaks at its value. *)
Lemma break_on_line t l d x : 0 < d -> (forall y, Rabs (y - x) < d -> f y = line_sem l y) ->
  (break (iter (S t) f) x <-> slope l <> 0%Z /\ break (iter t f) (line_sem l x)).
Proof.
  intros Hd E. pose proof (E x (near_center d x Hd)) as Ex. pose proof (near_line l d x E) as El.
  rewrite break_iter_S, <- Ex, <- (real_slope_zero l). unfold break.
  destruct (Req_dec (real_slope l) 0) as [Z0|Z0].
  - split; [|tauto]. intro H. destruct H. apply (affine_near_constant _ f (real_const l) d x Hd).
    intros y Hy. rewrite El, Z0 by exact Hy. ring.
  - rewrite (affine_near_line (iter t f) f _ _ d x Z0 Hd El). tauto.
Qed.

Lemma affine_off_knots x : ~ In x (map Q2R knots) ->
  exists l d, 0 < d /\ forall y, Rabs (y - x) < d -> f y = line_sem l y.
Proof.
  intro Hx. destruct (free_around x knots Hx) as [u [v (Hin & Huv & Hno)]].
  destruct (one_line u v Huv Hno) as [_ Hf]. destruct (inside_neighbourhood u v x Hin) as [d [Hd H]].
  exists (line_of (u, Right)), d. split; [exact Hd|]. intros y Hy. apply Hf, inside_is_closed, H, Hy.
Qed.

Theorem count_breaks t u v : apart u v ->
  count (fun x => inside u v x /\ break (iter t f) x) (number_between knots line_of breaks_at t u v).
Proof.
  apply number_between_correct with (f := f) (P := fun t => break (iter t f)); auto.
  - intros x H. apply H, affine_near_id.
  - intros k b _. apply breaks_at_correct.
  - intros k l d x _ Hd E. apply (break_on_line k l d x Hd E).
Qed.

(* ---- First hits ---- *)

(* P t of GermCount is here: the orbit of x hits b at time t - 1. *)
Definition hits_at (b : Q) (t : nat) (c : Q) : bool := Nat.eqb t 1 && same b c.

Theorem count_hits i b u v : In b knots -> apart u v ->
  count (fun x => inside u v x /\ first_hit f (map Q2R knots) i (Q2R b) x)
    (number_between knots line_of (hits_at b) (S i) u v).
Proof.
  intro Hb.
  apply number_between_correct with (f := f) (P := fun t x =>
    match t with O => False | S t => first_hit f (map Q2R knots) t (Q2R b) x end) (t := S i); auto.
  - (* at a knot a first hit is at once *)
    intros k c Hc. unfold hits_at. rewrite andb_true_iff, Nat.eqb_eq. split.
    + intros [[= ->] E]. destruct (sameP b c) as [E'|]; [|discriminate]. repeat split.
      * symmetry. exact E'.
      * apply in_map, Hb.
      * intros s Hs. lia.
      * exists 1. split; [lra|auto].
    + intros (E & _ & H & _). destruct k as [|k]; [|destruct (H 0%nat ltac:(lia)); apply (in_map Q2R), Hc].
      simpl in E. split; [reflexivity|]. destruct (sameP b c); [reflexivity|congruence].
  - (* elsewhere it is one of the image *)
    intros k l d x Hx Hd E. pose proof (E x (near_center d x Hd)) as Ex. pose proof (near_line l d x E) as El.
    rewrite <- Ex, <- (real_slope_zero l). destruct k as [|k].
    + split; [intros (Ei & Hi & _); simpl in Ei; subst x; contradiction|tauto].
    + assert (Inj : injective_near (iter (S k) f) x <-> real_slope l <> 0 /\ injective_near (iter k f) (f x)).
      { rewrite (injective_near_ext _ (fun y => iter k f (f y)) x) by (intro; apply iter_S).
        destruct (Req_dec (real_slope l) 0) as [Z0|Z0].
        - split; [|tauto]. intros [e [He H]].
          destruct (injective_near_line f (real_slope l) (real_const l) d x Hd El) as [A _].
          destruct A; [|exact Z0]. exists e. split; [exact He|].
          intros y z Hy Hz Eq. apply H; auto. f_equal; exact Eq.
        - rewrite (injective_near_comp (iter k f) f _ _ d x Z0 Hd El). tauto. }
      unfold first_hit. rewrite Inj, iter_S. split.
      * intros (Ei & Hi & H & Z0 & Hinj). split; [exact Z0|]. repeat split; auto.
        intros s Hs. rewrite <- iter_S. apply H. lia.
      * intros (Z0 & Ei & Hi & H & Hinj). repeat split; auto. intros [|s] Hs; [exact Hx|].
        rewrite iter_S. apply H. lia.
Qed.

(* The formula, with numbers that the recursion gives. *)
Theorem regions_by_hits lo hi t : Q2R lo < Q2R hi -> selfmap f (Q2R lo) (Q2R hi) ->
  let h i b := number_between knots line_of (hits_at b) (S i) (Some lo) (Some hi) in
  regions (iter t f) (Q2R lo) (Q2R hi)
    (1 + sum (seq 0 t) (fun i => sum knots (fun b => if breaks_at (t - i) b then h i b else 0%Z))).
Proof.
  intros Hlohi Hself h. apply regions_formula_named with (knots := map Q2R knots) (place := Q2R); auto.
  - intros x _ Hx. destruct (affine_off_knots x Hx) as [l [d [Hd E]]].
    exists (real_slope l), (real_const l), d. split; [exact Hd|]. apply near_line, E.
  - intros i b _ Hb. apply count_ext with (2 := count_hits i b (Some lo) (Some hi) Hb Hlohi). reflexivity.
  - intros j b _. apply breaks_at_correct.
Qed.
End Counts.
