(* Order on the whole line, for maps that are affine near both infinities.

   Coppel's theorem on [-infinity, +infinity]: if f^(2m) x = x implies f^m x = x for every real x, and m is
   even where f exchanges the infinities, then every orbit is asymptotic to a cycle whose period divides m
   or tends to infinity in absolute value.  Two orbits of the first sort are no Li-Yorke pair as on an
   interval; two of the second sort are none since their distance never shrinks in two steps; and one of
   each are far apart. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates OddCertificate Order Compactify Escape.
Local Open Scope R_scope.

(* The limit of phi (s x + b) at +infinity. *)
Definition end_value (s b : R) : R :=
  if Rlt_dec 0 s then 1 else if Rlt_dec s 0 then -1 else phi b.

Lemma end_value_range s b : -1 <= end_value s b <= 1.
Proof.
  unfold end_value. pose proof (phi_inside b). destruct (Rlt_dec 0 s); [lra|]. destruct (Rlt_dec s 0); lra.
Qed.

Lemma end_value_negative s b : end_value s b = -1 -> s < 0.
Proof.
  unfold end_value. pose proof (phi_inside b). destruct (Rlt_dec 0 s); [lra|]. destruct (Rlt_dec s 0); lra.
Qed.

Lemma end_value_positive s b : end_value s b = 1 -> 0 < s.
Proof.
  unfold end_value. pose proof (phi_inside b). destruct (Rlt_dec 0 s); [lra|]. destruct (Rlt_dec s 0); lra.
Qed.

Lemma phi_near_one s b e : 0 < s -> 0 < e ->
  exists A, 0 <= A /\ forall x, A <= x -> Rabs (phi (s * x + b) - 1) < e.
Proof.
  intros Hs He. pose proof (Rinv_0_lt_compat e He) as He'. pose proof (Rabs_pos b).
  pose proof (Rle_abs (- b)) as Hb.
  rewrite Rabs_Ropp in Hb. pose proof (Rinv_0_lt_compat s Hs) as Hs'.
  exists ((/ e + Rabs b) * / s). split; [apply Rmult_le_pos; lra|]. intros x Hx.
  assert (Hu : / e <= s * x + b).
  { apply (Rmult_le_compat_l s) in Hx; [|lra]. replace (s * ((/ e + Rabs b) * / s)) with (/ e + Rabs b) in Hx
      by (field; lra). lra. }
  set (u := s * x + b) in *. rewrite phi_pos by lra.
  assert (/ (1 + u) < e).
  { rewrite <- (Rinv_inv e). apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra. }
  pose proof (inv_bounds u ltac:(lra)). rewrite Rabs_left; lra.
Qed.

Lemma end_limit s b e : 0 < e ->
  exists A, 0 <= A /\ forall x, A <= x -> Rabs (phi (s * x + b) - end_value s b) < e.
Proof.
  intro He. unfold end_value. destruct (Rlt_dec 0 s) as [Hs|Hs]; [|destruct (Rlt_dec s 0) as [Hs'|Hs']].
  - apply phi_near_one; auto.
  - destruct (phi_near_one (- s) (- b) e ltac:(lra) He) as [A [HA Hc]]. exists A; split; auto. intros x Hx.
    specialize (Hc x Hx). replace (- s * x + - b) with (- (s * x + b)) in Hc by ring. rewrite phi_opp in Hc.
    rewrite <- Rabs_Ropp. replace (- (phi (s * x + b) - -1)) with (- phi (s * x + b) - 1) by ring. exact Hc.
  - exists 0. split; [lra|]. intros x _. replace (s * x + b) with b by (replace s with 0 by lra; ring).
    rewrite Rminus_eq_0, Rabs_R0. exact He.
Qed.

(* An orbit that is asymptotic to a cycle is bounded. *)
Lemma bounded_escaping_not_proximal f m p x y : (0 < m)%nat -> iter m f p = p -> asymptotic f x p ->
  cv_infty (fun n => Rabs (iter n f y)) -> ~ proximal f x y.
Proof.
  intros Hm Ep Hx Hy Hprox. destruct (cycle_hull f m p Hm Ep) as (lo & hi & Hin).
  rewrite asymptotic_eps in Hx. destruct (Hx 1 ltac:(lra)) as [N1 HN1].
  destruct (Hy (Rabs lo + Rabs hi + 2)) as [N2 HN2].
  destruct (Hprox 1 ltac:(lra) (Nat.max N1 N2)) as [n [Hn Hd]].
  specialize (HN1 n ltac:(lia)). specialize (HN2 n ltac:(lia)). specialize (Hin n).
  apply Rabs_def2 in HN1, Hd.
  pose proof (Rle_abs hi). pose proof (Rle_abs (- lo)) as Hlo. rewrite Rabs_Ropp in Hlo.
  pose proof (Rabs_pos lo). pose proof (Rabs_pos hi).
  assert (Rabs (iter n f y) <= Rabs lo + Rabs hi + 2) by (apply Rabs_le; lra). lra.
Qed.

Theorem order_line f m A l c r d : (0 < m)%nat -> continuity f ->
  (forall x, x <= - A -> f x = l * x + c) -> (forall x, A <= x -> f x = r * x + d) ->
  (l < 0 -> r < 0 -> Nat.Even m) ->
  (forall x, iter (2 * m) f x = x -> iter m f x = x) ->
  ordered_line f m.
Proof.
  intros Hm Hf Hl Hr Heven Hgood.
  set (P := end_value r d). set (M := end_value (- l) c).
  assert (HPr : -1 <= P <= 1) by apply end_value_range. assert (HMr : -1 <= M <= 1) by apply end_value_range.
  assert (HP : forall e, 0 < e -> exists B, 0 <= B /\ forall x, B <= x -> Rabs (phi (f x) - P) < e).
  { intros e He. destruct (end_limit r d e He) as [B [HB Hc]]. exists (Rmax A B).
    pose proof (Rmax_l A B). pose proof (Rmax_r A B). split; [lra|]. intros x Hx.
    rewrite Hr by lra. apply Hc; lra. }
  assert (HM : forall e, 0 < e -> exists B, 0 <= B /\ forall x, x <= - B -> Rabs (phi (f x) - M) < e).
  { intros e He. destruct (end_limit (- l) c e He) as [B [HB Hc]]. exists (Rmax A B).
    pose proof (Rmax_l A B). pose proof (Rmax_r A B). split; [lra|]. intros x Hx.
    rewrite Hl by lra. specialize (Hc (- x) ltac:(lra)).
    replace (- l * - x + c) with (l * x + c) in Hc by ring.
    exact Hc. }
  assert (HO : ordered (compactified f P M) (-1) 1 m).
  { apply order_compactified; auto. rewrite compactified_right, compactified_left. intros EP EM.
    apply end_value_negative in EP. apply end_value_positive in EM. apply Heven; lra. }
  assert (Horb : forall x, (exists p d, least_period f d p /\ Nat.divide d m /\ asymptotic f x p) \/
                           cv_infty (fun n => Rabs (iter n f x))).
  { intro x. apply (orbits_of_f f P M); auto. }
  split; [exact Horb|]. split; [intros x k; apply (periods_of_f f P M); auto|].
  intros x y [Hdist Hprox].
  assert (Hcyc : forall p k, least_period f k p -> Nat.divide k m -> iter m f p = p).
  { intros p k L [q ->]. apply periodic_mult, L. }
  destruct (Horb x) as [(p & k & Lp & Hk & Hxp)|Hx]; destruct (Horb y) as [(q & k' & Lq & Hk' & Hyq)|Hy].
  - apply (asymptotic_not_distal f x y); auto. apply (proximal_asymptotic f m x y p q); eauto.
  - apply (bounded_escaping_not_proximal f m p x y); eauto.
  - apply (bounded_escaping_not_proximal f m q y x); eauto.
    intros e He N. destruct (Hprox e He N) as [n [Hn H]]. exists n. rewrite Rabs_minus_sym. auto.
  - apply (escaping_pair f A (fun b : bool => if b then r else l) (fun b : bool => if b then d else c))
      with (x := x) (y := y); auto.
    + intros u Hu. unfold side. destruct (Rlt_dec 0 u) as [Hpos|Hneg].
      * apply Hr. rewrite Rabs_right in Hu; lra.
      * apply Hl. rewrite Rabs_left1 in Hu; lra.
    + split; auto.
Qed.

(* The condition is necessary. *)
Theorem order_line_iff f m A l c r d : (0 < m)%nat -> continuity f ->
  (forall x, x <= - A -> f x = l * x + c) -> (forall x, A <= x -> f x = r * x + d) ->
  (l < 0 -> r < 0 -> Nat.Even m) ->
  (ordered_line f m <-> forall x, iter (2 * m) f x = x -> iter m f x = x).
Proof.
  intros Hm Hf Hl Hr Heven. split; [|apply (order_line f m A l c r d); auto].
  intros [_ [HP _]] x E. destruct (least_period_exists f (2 * m) x ltac:(lia) E) as [k [Lk _]].
  destruct (HP x k Lk) as [q ->]. apply periodic_mult, Lk.
Qed.

Theorem ordered_line_no_scrambled f lo hi m : ordered_line f m -> ~ has_scrambled f lo hi.
Proof.
  intros (_ & _ & HLY) (S & _ & _ & Sunc & Sscr & _).
  destruct (Sunc (fun _ => lo)) as [x [Sx _]]. destruct (Sunc (fun _ => x)) as [y [Sy Hy]].
  exact (HLY x y (Sscr x y Sx Sy (Hy 0%nat))).
Qed.
