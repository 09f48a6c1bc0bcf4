(* Two orbits that tend to infinity are no Li-Yorke pair, if the map is affine near both infinities.

   Write an orbit that is far out as a sequence of sides (left or right).  The side of the next point is a
   function of the side, so from the second point on the sides have period 2: for every function of two
   values, its third power is itself.  Two steps are then one affine map u -> q u + e, and |q| >= 1, or the
   orbit would be bounded.  If two such orbits come close they are on one side from then on, and their
   distance never shrinks in two steps. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates.
Local Open Scope R_scope.

(* x -> q x + e with |q| < 1 has only bounded orbits. *)
Lemma contraction_bounded (u : nat -> R) q e : Rabs q < 1 -> (forall n, u (S n) = q * u n + e) ->
  exists B, forall n, Rabs (u n) <= B.
Proof.
  intros Hq Hu. pose proof (Rabs_pos q) as Hq0. pose proof (Rabs_pos e) as He.
  pose proof (Rabs_pos (u 0%nat)) as Hu0.
  set (E := Rabs e / (1 - Rabs q)).
  assert (EE : Rabs q * E + Rabs e = E) by (unfold E; field; lra).
  assert (HE : 0 <= E) by (apply Rmult_le_pos; [auto|apply Rlt_le, Rinv_0_lt_compat; lra]).
  exists (Rabs (u 0%nat) + E). induction n as [|n IH]; [lra|].
  rewrite Hu. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. nra.
Qed.

Lemma bool_power_three (t : bool -> bool) b : t (t (t b)) = t b.
Proof. destruct b, (t true) eqn:T, (t false) eqn:F; rewrite ?T, ?F; auto. Qed.

(* true: right of 0 *)
Definition side (u : R) : bool := if Rlt_dec 0 u then true else false.

Local Lemma far_cases K u : 0 <= K -> K < Rabs u -> (K < u /\ side u = true) \/ (u < - K /\ side u = false).
Proof.
  unfold side. intros HK Hu. destruct (Rlt_dec 0 u) as [h|h].
  - rewrite Rabs_right in Hu by lra. left; auto.
  - rewrite Rabs_left1 in Hu by lra. right; split; auto; lra.
Qed.

Local Lemma same_side K u v : 0 < K -> K < Rabs u -> K < Rabs v -> Rabs (u - v) < K -> side u = side v.
Proof.
  intros HK Hu Hv Huv. apply Rabs_def2 in Huv.
  destruct (far_cases K u) as [[Cu ->]|[Cu ->]]; auto; try lra;
    destruct (far_cases K v) as [[Cv ->]|[Cv ->]]; auto; lra.
Qed.

Section Escape.
Variables (f : R -> R) (A : R) (slope const : bool -> R).
Hypothesis Hend : forall u, A <= Rabs u -> f u = slope (side u) * u + const (side u).

(* Beyond K the signs of the slopes decide the side of the next point. *)
Let K := Rmax A (Rmax (Rabs (const true)) (Rabs (const false))) + 1.

Local Lemma K_pos : 0 < K.
Proof.
  unfold K. pose proof (Rmax_r A (Rmax (Rabs (const true)) (Rabs (const false)))).
  pose proof (Rmax_l (Rabs (const true)) (Rabs (const false))). pose proof (Rabs_pos (const true)). lra.
Qed.

Local Lemma K_bounds b : A <= K /\ Rabs (const b) <= K.
Proof.
  unfold K. pose proof (Rmax_l A (Rmax (Rabs (const true)) (Rabs (const false)))).
  pose proof (Rmax_r A (Rmax (Rabs (const true)) (Rabs (const false)))).
  pose proof (Rmax_l (Rabs (const true)) (Rabs (const false))).
  pose proof (Rmax_r (Rabs (const true)) (Rabs (const false))).
  destruct b; lra.
Qed.

Local Definition next_side (b : bool) : bool := if Rlt_dec 0 (slope b) then b else negb b.

Local Lemma far_step u : K < Rabs u -> K < Rabs (f u) ->
  f u = slope (side u) * u + const (side u) /\ slope (side u) <> 0 /\ side (f u) = next_side (side u).
Proof.
  intros Hu Hfu. destruct (K_bounds (side u)) as [HA Hc]. pose proof K_pos as HK.
  pose proof (Hend u ltac:(lra)) as E. split; [exact E|]. rewrite E in *.
  set (s := slope (side u)) in *. set (c := const (side u)) in *.
  pose proof (Rle_abs c) as Hc1. pose proof (Rle_abs (- c)) as Hc2. rewrite Rabs_Ropp in Hc2.
  assert (Hs : s <> 0) by (intro s0; rewrite s0, Rmult_0_l, Rplus_0_l in Hfu; lra).
  split; [exact Hs|]. unfold next_side. fold s.
  destruct (far_cases K _ (Rlt_le _ _ HK) Hfu) as [[Hf ->]|[Hf ->]];
    destruct (far_cases K u (Rlt_le _ _ HK) Hu) as [[Hu' Eu]|[Hu' Eu]]; rewrite Eu;
    destruct (Rlt_dec 0 s) as [Hp|Hp]; auto; exfalso.
  - assert (s * u < 0) by nra. lra.
  - assert (s * u < 0) by nra. lra.
  - assert (0 < s * u) by nra. lra.
  - assert (0 < s * u) by nra. lra.
Qed.

(* ---- One orbit ---- *)

Section Orbit.
Variable x : nat -> R.
Hypothesis Hx : forall n, x (S n) = f (x n).
Hypothesis Hfar : forall n, K < Rabs (x n).

Local Lemma orbit_step n :
  x (S n) = slope (side (x n)) * x n + const (side (x n)) /\ slope (side (x n)) <> 0 /\
  side (x (S n)) = next_side (side (x n)).
Proof. rewrite Hx. apply far_step; [auto|]. rewrite <- Hx. auto. Qed.

Local Lemma sides_period_two n j : side (x (S n + 2 * j)) = side (x (S n)).
Proof.
  induction j as [|j IH]; [rewrite Nat.add_0_r; auto|]. rewrite <- IH.
  replace (S n + 2 * S j)%nat with (S (S (S (n + 2 * j)))) by lia.
  change (S n + 2 * j)%nat with (S (n + 2 * j)).
  destruct (orbit_step (n + 2 * j)) as [_ [_ E1]]. destruct (orbit_step (S (n + 2 * j))) as [_ [_ E2]].
  destruct (orbit_step (S (S (n + 2 * j)))) as [_ [_ E3]]. rewrite E3, E2, E1. apply bool_power_three.
Qed.

Hypothesis Hinf : cv_infty (fun n => Rabs (x n)).

(* The slope of two steps from time n on. *)
Local Definition two_steps (n : nat) : R := slope (side (x (S n))) * slope (side (x n)).

Local Lemma two_steps_expand n : 1 <= Rabs (two_steps (S n)).
Proof.
  destruct (Rle_lt_dec 1 (Rabs (two_steps (S n)))) as [|Hq]; auto. exfalso.
  set (u := fun j => x (S n + 2 * j)%nat).
  destruct (contraction_bounded u (two_steps (S n))
    (slope (side (x (S (S n)))) * const (side (x (S n))) + const (side (x (S (S n)))))) as [B HB]; auto.
  - intro j. unfold u, two_steps. replace (S n + 2 * S j)%nat with (S (S (S n + 2 * j))) by lia.
    destruct (orbit_step (S (S n + 2 * j))) as [-> _]. destruct (orbit_step (S n + 2 * j)) as [E _].
    pose proof (sides_period_two n j) as S1. pose proof (sides_period_two (S n) j) as S2.
    change (S (S n) + 2 * j)%nat with (S (S n + 2 * j)) in S2. rewrite S2, E, S1. ring.
  - destruct (Hinf B) as [N HN]. specialize (HN (S n + 2 * N)%nat ltac:(lia)). specialize (HB N).
    unfold u in HB. lra.
Qed.
End Orbit.

(* ---- Two orbits ---- *)

Section TwoOrbits.
Variables x y : nat -> R.
Hypothesis Hx : forall n, x (S n) = f (x n).
Hypothesis Hy : forall n, y (S n) = f (y n).
Hypothesis Hxfar : forall n, K < Rabs (x n).
Hypothesis Hyfar : forall n, K < Rabs (y n).
Hypothesis Hxinf : cv_infty (fun n => Rabs (x n)).
Hypothesis Hside : side (x 0%nat) = side (y 0%nat).

Local Lemma sides_equal n : side (x n) = side (y n).
Proof.
  induction n as [|n IH]; auto.
  destruct (orbit_step x Hx Hxfar n) as [_ [_ ->]]. destruct (orbit_step y Hy Hyfar n) as [_ [_ ->]].
  rewrite IH; reflexivity.
Qed.

Local Lemma distance_step n : x (S n) - y (S n) = slope (side (x n)) * (x n - y n).
Proof.
  destruct (orbit_step x Hx Hxfar n) as [-> _]. destruct (orbit_step y Hy Hyfar n) as [-> _].
  rewrite <- sides_equal. ring.
Qed.

Local Lemma distance_two_steps n : Rabs (x (S n) - y (S n)) <= Rabs (x (S (S (S n))) - y (S (S (S n)))).
Proof.
  rewrite (distance_step (S (S n))), (distance_step (S n)), <- Rmult_assoc, Rabs_mult.
  fold (two_steps x (S n)).
  pose proof (two_steps_expand x Hx Hxfar Hxinf n). pose proof (Rabs_pos (x (S n) - y (S n))). nra.
Qed.

Local Lemma distance_bound d : d <= Rabs (x 1%nat - y 1%nat) -> d <= Rabs (x 2%nat - y 2%nat) ->
  forall n, d <= Rabs (x (S n) - y (S n)) /\ d <= Rabs (x (S (S n)) - y (S (S n))).
Proof.
  intros H1 H2 n. induction n as [|n [IH1 IH2]]; auto.
  split; auto. eapply Rle_trans; [exact IH1|apply distance_two_steps].
Qed.

Local Lemma distance_positive n : x 0%nat <> y 0%nat -> x n <> y n.
Proof.
  intro Hne. induction n as [|n IH]; auto. intro E. apply IH.
  pose proof (distance_step n) as D. rewrite E, Rminus_eq_0 in D. symmetry in D.
  destruct (orbit_step x Hx Hxfar n) as [_ [Hs _]]. apply Rmult_integral in D as [D|D]; [contradiction|lra].
Qed.

Local Lemma orbits_meet_or_apart :
  x 0%nat = y 0%nat \/ exists d, 0 < d /\ forall n, d <= Rabs (x (S n) - y (S n)).
Proof.
  destruct (Req_dec (x 0%nat) (y 0%nat)) as [|Hne]; [left; auto|right].
  exists (Rmin (Rabs (x 1%nat - y 1%nat)) (Rabs (x 2%nat - y 2%nat))). split.
  - apply Rmin_pos; apply Rabs_pos_lt, Rminus_eq_contra, distance_positive, Hne.
  - intro n. apply distance_bound; [apply Rmin_l|apply Rmin_r].
Qed.
End TwoOrbits.

Theorem escaping_pair x y : cv_infty (fun n => Rabs (iter n f x)) -> cv_infty (fun n => Rabs (iter n f y)) ->
  ~ li_yorke_pair f x y.
Proof.
  intros Hx Hy [[d [Hd Hdist]] Hprox]. pose proof K_pos as HK.
  destruct (Hx K) as [N1 HN1]. destruct (Hy K) as [N2 HN2].
  destruct (Hprox K HK (Nat.max N1 N2)) as [N [HN Hclose]].
  assert (Hs : side (iter N f x) = side (iter N f y)).
  { apply (same_side K); auto; [apply HN1; lia|apply HN2; lia]. }
  destruct (orbits_meet_or_apart (fun n => iter (n + N) f x) (fun n => iter (n + N) f y))
    as [E|[e [He Hapart]]]; auto.
  - intro n; apply HN1; lia.
  - intro n; apply HN2; lia.
  - intro B. destruct (Hx B) as [M HM]. exists M. intros n Hn. apply HM; lia.
  - (* the orbits meet, and are not distal *)
    destruct (Hdist N) as [n [Hn Hdn]]. replace n with ((n - N) + N)%nat in Hdn by lia.
    rewrite !iter_add in Hdn. simpl in E. rewrite E, Rminus_eq_0, Rabs_R0 in Hdn. lra.
  - (* the orbits stay apart, and are not proximal *)
    destruct (Hprox e He (S N)) as [n [Hn Hdn]]. specialize (Hapart (n - S N)%nat).
    replace (S (n - S N) + N)%nat with n in Hapart by lia. lra.
Qed.
End Escape.
