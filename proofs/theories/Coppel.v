(* W. A. Coppel 1955: a continuous map of a compact interval into itself whose only 2-cycles are fixed
   points has only convergent orbits.

   1. Lemma (local_up): if all fixed points of f^n are fixed points of f, a point that moves right is still
      right of its start after n steps: look at the last zero of f^n - id to the left of it.
   2. Lemma (direction): by strong induction this is so for every n; a cycle x -> w -> v -> ... of length n
      >= 3 with w > x would have x < v < w, and each direction of v contradicts an earlier case.
   3. So the points of an orbit that move right increase and stay below the points that move left, which
      decrease. Let A and B be their limits.  If both f A = B and f B = A, then A = B for there is no
      2-cycle; and if one fails, the orbit changes its direction in one sense only finitely often.  In each
      case it converges. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Transfer.
Local Open Scope R_scope.

(* Points that move right (left) are right (left) of their start at time n. *)
Local Definition up (f : R -> R) (n : nat) : Prop := forall x, x < f x -> x < iter n f x.
Local Definition dn (f : R -> R) (n : nat) : Prop := forall x, f x < x -> iter n f x < x.

Definition no_cycle (f : R -> R) (n : nat) : Prop := forall x, iter n f x = x -> f x = x.

Lemma dn_of_mir f n : up (mir f) n -> dn f n.
Proof.
  intros H x Hx. specialize (H (- x)). rewrite iter_mir in H. unfold mir in H.
  rewrite !Ropp_involutive in H. lra.
Qed.

Lemma no_cycle_mir f n : no_cycle f n -> no_cycle (mir f) n.
Proof. intros H x E. rewrite iter_mir in E. unfold mir. rewrite (H (- x)); lra. Qed.

(* ---- 1 ---- *)

(* Near a fixed point y < x the first n iterates stay below x. *)
Lemma below_nbhd f y x : continuity f -> f y = y -> y < x -> forall n,
  exists d, 0 < d /\ forall t, Rabs (t - y) < d -> forall i, (i < n)%nat -> iter i f t < x.
Proof.
  intros Hf Hy Hyx n; induction n as [|n [d [Hd IH]]].
  - exists 1; split; [lra|]. intros; lia.
  - destruct (cont_lt (iter n f) y x (iter_cont f n Hf)) as [e [He Hc]].
    { rewrite iter_fix; auto. }
    exists (Rmin d e); split; [apply Rmin_pos; auto|]. intros t Ht i Hi.
    pose proof (Rmin_l d e). pose proof (Rmin_r d e).
    destruct (Nat.eq_dec i n) as [->|]; [apply Hc; lra|apply IH; [lra|lia]].
Qed.

(* Where f moves every point of (y,x] right, n steps that stay below x only increase. *)
Lemma increasing_steps f y x t n : (forall u, y < u <= x -> u < f u) -> y < t <= x ->
  (forall i, (i < n)%nat -> iter i f t < x) -> (0 < n)%nat -> t < iter n f t.
Proof.
  intros Hup Ht Hb Hn.
  assert (Inc : forall i, (i <= n)%nat -> t <= iter i f t /\ ((0 < i)%nat -> t < iter i f t)).
  { induction i as [|i IH]; intro Hi.
    - split; [simpl; lra|lia].
    - destruct (IH ltac:(lia)) as [I _]. pose proof (Hb i ltac:(lia)).
      pose proof (Hup (iter i f t) ltac:(lra)). simpl; split; [lra|intros _; lra]. }
  apply Inc; auto.
Qed.

Lemma local_up f lo n : continuity f -> (forall x, lo <= f x) -> (0 < n)%nat -> no_cycle f n -> up f n.
Proof.
  intros Hf Hlo Hn Hz x Hx.
  assert (Hlon : forall u, lo <= iter n f u) by (intro u; destruct n; [lia|simpl; auto]).
  destruct (Rlt_le_dec x (iter n f x)) as [h|h]; auto. exfalso.
  assert (Hlt : iter n f x < x).
  { destruct (Req_dec (iter n f x) x) as [e|]; [apply Hz in e|]; lra. }
  (* y: the last zero of f^n - id to the left of x *)
  destruct (first_cross (fun t => iter n f (- t) - - t) (- x) (- lo) 0) as [z [Hz1 [Hz2 Hz3]]].
  { exact (cont_reflect (fun u => iter n f u - u) (cont_minus_id _ (iter_cont f n Hf))). }
  { specialize (Hlon x); lra. }
  { rewrite Ropp_involutive; lra. }
  { rewrite Ropp_involutive; specialize (Hlon lo); lra. }
  set (y := - z) in *.
  assert (Hneg : forall t, y < t <= x -> iter n f t < t).
  { intros t Ht. specialize (Hz3 (- t)). rewrite Ropp_involutive in Hz3. unfold y in Ht. lra. }
  assert (Hfy : f y = y) by (apply Hz; lra).
  assert (Hyx : y < x) by (destruct (Req_dec y x) as [e|]; [rewrite e in Hfy; lra|unfold y in *; lra]).
  (* f moves all of (y,x] right, as it does x *)
  assert (Hup : forall t, y < t <= x -> t < f t).
  { intros t Ht. destruct (Rlt_le_dec t (f t)) as [h'|h']; auto. exfalso.
    destruct (IVT_up (fun u => f u - u) t x 0 (cont_minus_id _ Hf) ltac:(lra) ltac:(lra)) as [w [Hw Ew]].
    pose proof (Hneg w ltac:(lra)) as Hc. rewrite (iter_fix f w ltac:(lra)) in Hc. lra. }
  (* but close to y, f^n moves points right too *)
  destruct (below_nbhd f y x Hf Hfy Hyx n) as [d [Hd Hb]].
  assert (Ht : exists t, y < t <= x /\ Rabs (t - y) < d).
  { exists (Rmin x (y + d / 2)). unfold Rmin; destruct (Rle_dec x (y + d / 2)); split; try lra;
      apply Rabs_def1; lra. }
  destruct Ht as [t [Ht Hty]].
  pose proof (increasing_steps f y x t n Hup Ht (Hb t Hty) Hn). pose proof (Hneg t Ht). lra.
Qed.

Section Coppel.
Variables (f : R -> R) (lo hi : R).
Hypothesis Hf : continuity f.
Hypothesis Hr : forall x, lo <= f x <= hi.
Hypothesis H2 : no_cycle f 2.

(* ---- 2 ---- *)

Local Lemma direction_of_no_cycle n : (0 < n)%nat -> no_cycle f n -> up f n /\ dn f n.
Proof.
  intros Hn Hz. split.
  - apply (local_up f lo); auto. intro x; apply Hr.
  - apply dn_of_mir, (local_up (mir f) (- hi)); auto.
    + apply mir_cont, Hf.
    + intro x; unfold mir; specialize (Hr (- x)); lra.
    + apply no_cycle_mir, Hz.
Qed.

Lemma direction n : (0 < n)%nat -> up f n /\ dn f n.
Proof.
  induction n as [n IH] using lt_wf_ind. intro Hn. apply direction_of_no_cycle; auto.
  destruct n as [|[|[|n]]]; [lia|intros x E; exact E|exact H2|].
  intros x E. destruct (Req_dec (f x) x) as [|Hx]; auto. exfalso.
  (* x -> w -> v, and v comes to x after n+1 steps, to w after n+2 *)
  set (w := f x) in *. set (v := f w) in *.
  assert (Ex : iter (S n) f v = x) by (unfold v, w; rewrite <- !iter_S; exact E).
  assert (Ew : iter (S (S n)) f v = w) by (simpl; simpl in Ex; rewrite Ex; reflexivity).
  assert (Ewx : iter (S (S n)) f w = x) by (rewrite iter_S; exact Ex).
  assert (Hw : v <> w) by (intro e; pose proof (iter_fix f w e (S (S n))); congruence).
  assert (Hv : f v <> v).
  { intro e. pose proof (iter_fix f v e (S n)). pose proof (iter_fix f v e (S (S n))). congruence. }
  destruct (IH 2%nat ltac:(lia) ltac:(lia)) as [U2 D2]. specialize (U2 x); specialize (D2 x).
  change (iter 2 f x) with v in U2, D2. change (f x) with w in U2, D2.
  destruct (IH (S n) ltac:(lia) ltac:(lia)) as [U1 D1]. specialize (U1 v); specialize (D1 v).
  destruct (IH (S (S n)) ltac:(lia) ltac:(lia)) as [U D].
  pose proof (U w) as Uw. pose proof (D w) as Dw. specialize (U v); specialize (D v).
  rewrite Ex in U1, D1. rewrite Ewx in Uw, Dw. rewrite Ew in U, D. change (f w) with v in Uw, Dw.
  apply Rdichotomy in Hx, Hw, Hv. lra.
Qed.

(* ---- 3 ---- *)

Variable x0 : R.
Let x n := iter n f x0.

Local Lemma right_stays n m : x n <= x (S n) -> (n <= m)%nat -> x n <= x m.
Proof.
  intros H Hm. destruct (Nat.eq_dec n m) as [->|]; [lra|].
  unfold x in *. replace m with ((m - n) + n)%nat by lia. rewrite iter_add. simpl in H.
  destruct (Req_dec (f (iter n f x0)) (iter n f x0)) as [e|].
  - rewrite (iter_fix f _ e); lra.
  - destruct (direction (m - n) ltac:(lia)) as [U _]. specialize (U (iter n f x0) ltac:(lra)). lra.
Qed.

Local Lemma left_stays n m : x (S n) <= x n -> (n <= m)%nat -> x m <= x n.
Proof.
  intros H Hm. destruct (Nat.eq_dec n m) as [->|]; [lra|].
  unfold x in *. replace m with ((m - n) + n)%nat by lia. rewrite iter_add. simpl in H.
  destruct (Req_dec (f (iter n f x0)) (iter n f x0)) as [e|].
  - rewrite (iter_fix f _ e); lra.
  - destruct (direction (m - n) ltac:(lia)) as [_ D]. specialize (D (iter n f x0) ltac:(lra)). lra.
Qed.
End Coppel.

(* A bounded sequence whose terms at certain times stay below all later terms: at these times it tends to a
   limit. *)
Lemma rising_limit (u : nat -> R) (P : nat -> bool) lo hi : (forall n, lo <= u n <= hi) ->
  (forall n m, P n = true -> (n <= m)%nat -> u n <= u m) ->
  exists A, forall e, 0 < e -> exists N, forall n, (N <= n)%nat -> P n = true -> Rabs (u n - A) < e.
Proof.
  intros Hu Hrise. set (E := fun y => y = lo \/ exists n, P n = true /\ y = u n).
  destruct (completeness E) as [A [Hub Hlub]].
  { exists hi. intros y [->|[n [_ ->]]]; [specialize (Hu 0%nat); lra|apply Hu]. }
  { exists lo; left; auto. }
  exists A. intros e He.
  destruct (ClassicalDedekindReals.sig_forall_dec (fun n => P n = true -> u n <= A - e)) as [[k Hk]|Hall].
  - intro n. destruct (P n); [|left; discriminate].
    destruct (Rle_dec (u n) (A - e)); [left; auto|right; auto].
  - (* a term close to A: all later ones at these times are closer *)
    assert (Hk' : P k = true /\ A - e < u k).
    { destruct (P k); [|exfalso; apply Hk; discriminate]. split; auto.
      destruct (Rle_lt_dec (u k) (A - e)); auto. exfalso; auto. }
    exists k. intros n Hn HPn. pose proof (Hrise k n (proj1 Hk') Hn).
    assert (u n <= A) by (apply Hub; right; exists n; auto). apply Rabs_def1; lra.
  - exists 0%nat. intros n _ HPn. exfalso. assert (A <= A - e); [|lra].
    apply Hlub. intros y [->|[m [HPm ->]]]; auto. specialize (Hu n). specialize (Hall n HPn). lra.
Qed.

Section Envelopes.
Variables (f : R -> R) (lo hi : R) (x : nat -> R).
Hypothesis Hf : continuity f.
Hypothesis H2 : no_cycle f 2.
Hypothesis Hstep : forall n, x (S n) = f (x n).
Hypothesis Hrange : forall n, lo <= x n <= hi.
Hypothesis Hright : forall n m, x n <= x (S n) -> (n <= m)%nat -> x n <= x m.
Hypothesis Hleft : forall n m, x (S n) <= x n -> (n <= m)%nat -> x m <= x n.

(* The direction at time n: true is right. *)
Local Definition side (n : nat) : bool := if Rle_dec (x n) (x (S n)) then true else false.

Local Lemma side_limits : exists L : bool -> R,
  forall e, 0 < e -> exists N, forall n, (N <= n)%nat -> Rabs (x n - L (side n)) < e.
Proof.
  destruct (rising_limit x side lo hi Hrange) as [A HA].
  { intros n m Hn. apply Hright. unfold side in Hn. destruct (Rle_dec (x n) (x (S n))); [auto|discriminate]. }
  destruct (rising_limit (fun n => - x n) (fun n => negb (side n)) (- hi) (- lo)) as [B HB].
  { intro n; specialize (Hrange n); lra. }
  { intros n m Hn Hm. apply Ropp_le_contravar, (Hleft n m); auto. unfold side in Hn.
    destruct (Rle_dec (x n) (x (S n))); [discriminate|lra]. }
  exists (fun s : bool => if s then A else - B). intros e He.
  destruct (HA e He) as [N1 H1]. destruct (HB e He) as [N2 HN2].
  exists (Nat.max N1 N2). intros n Hn. destruct (side n) eqn:Es.
  - apply H1; auto; lia.
  - replace (x n - - B) with (- (- x n - B)) by ring. rewrite Rabs_Ropp. apply HN2; [lia|]. rewrite Es; auto.
Qed.

Section Limits.
Variable L : bool -> R.
Hypothesis HL : forall e, 0 < e -> exists N, forall n, (N <= n)%nat -> Rabs (x n - L (side n)) < e.

(* If f does not take L s to the other limit, then the direction s, once taken late, is kept. *)
Local Lemma side_persists s : f (L s) <> L (negb s) ->
  exists N, forall n, (N <= n)%nat -> side n = s -> side (S n) = s.
Proof.
  intro Hne. set (e := Rabs (f (L s) - L (negb s))).
  assert (He : 0 < e) by (apply Rabs_pos_lt; lra).
  destruct (cont_near f (L s) (e / 2) (Hf _) ltac:(lra)) as [d [Hd Hc]].
  destruct (HL (Rmin d (e / 2)) ltac:(apply Rmin_pos; lra)) as [N HN].
  exists N; intros n Hn Hs. destruct (Bool.bool_dec (side (S n)) s) as [|Hs']; auto. exfalso.
  pose proof (Rmin_l d (e / 2)). pose proof (Rmin_r d (e / 2)).
  pose proof (HN n Hn) as D1. rewrite Hs in D1. specialize (Hc (x n) ltac:(lra)). rewrite <- Hstep in Hc.
  pose proof (HN (S n) ltac:(lia)) as D2.
  replace (side (S n)) with (negb s) in D2 by (destruct s, (side (S n)); auto; congruence).
  assert (e <= Rabs (x (S n) - f (L s)) + Rabs (x (S n) - L (negb s))); [|lra].
  unfold e. replace (f (L s) - L (negb s)) with (- (x (S n) - f (L s)) + (x (S n) - L (negb s))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

Local Lemma one_side_converges s N : (forall n, (N <= n)%nat -> side n = s) -> Un_cv x (L s).
Proof.
  intros Hs e He. destruct (HL e He) as [M HM]. exists (Nat.max M N). intros n Hn.
  specialize (HM n ltac:(lia)). rewrite Hs in HM by lia. exact HM.
Qed.

Local Lemma persistent_converges s : f (L s) <> L (negb s) -> exists p, Un_cv x p.
Proof.
  intro Hne. destruct (side_persists s Hne) as [N HN].
  destruct (ClassicalDedekindReals.sig_forall_dec (fun k => side (N + k) <> s)) as [[k Hk]|Hk].
  - intro k. destruct (Bool.bool_dec (side (N + k)) s); [right|left]; auto.
  - exists (L s). apply (one_side_converges s (N + k)). intros n Hn. induction Hn as [|n Hn IH].
    + destruct (Bool.bool_dec (side (N + k)) s); auto. contradiction.
    + apply HN; auto; lia.
  - exists (L (negb s)). apply (one_side_converges (negb s) N). intros n Hn.
    specialize (Hk (n - N)%nat). replace (N + (n - N))%nat with n in Hk by lia.
    destruct s, (side n); auto; congruence.
Qed.

Local Lemma converges : exists p, Un_cv x p.
Proof.
  destruct (Req_dec (f (L true)) (L false)) as [E1|]; [|apply (persistent_converges true); auto].
  destruct (Req_dec (f (L false)) (L true)) as [E2|]; [|apply (persistent_converges false); auto].
  assert (E : L false = L true).
  { rewrite <- E1. apply H2. simpl. rewrite E1. exact E2. }
  exists (L true). intros e He. destruct (HL e He) as [N HN]. exists N. intros n Hn. specialize (HN n Hn).
  destruct (side n); [exact HN|rewrite E in HN; exact HN].
Qed.
End Limits.

Theorem envelopes_converge : exists p, Un_cv x p.
Proof. destruct side_limits as [L HL]. apply (converges L HL). Qed.
End Envelopes.

(* A map of the line into [lo, hi]. *)
Theorem coppel_global f lo hi : continuity f -> (forall x, lo <= f x <= hi) -> no_cycle f 2 ->
  forall x, lo <= x <= hi -> exists p, lo <= p <= hi /\ f p = p /\ Un_cv (fun n => iter n f x) p.
Proof.
  intros Hf Hr H2 x Hx.
  destruct (envelopes_converge f lo hi (fun n => iter n f x) Hf H2) as [p Hp].
  - reflexivity.
  - intros [|n]; [exact Hx|apply Hr].
  - apply (right_stays f lo hi Hf Hr H2 x).
  - apply (left_stays f lo hi Hf Hr H2 x).
  - exists p. assert (E : f p = p); [|split; [rewrite <- E; apply Hr|auto]].
    apply (UL_sequence (fun n => iter (S n) f x)).
    + exact (continuity_seq f (fun n => iter n f x) p (Hf p) Hp).
    + intros e He; destruct (Hp e He) as [N HN]; exists N; intros n Hn; apply HN; lia.
Qed.

(* A map of [lo, hi]. *)
Theorem coppel f lo hi : cont_on f lo hi -> selfmap f lo hi ->
  (forall x, lo <= x <= hi -> f (f x) = x -> f x = x) ->
  forall x, lo <= x <= hi -> exists p, lo <= p <= hi /\ f p = p /\ Un_cv (fun n => iter n f x) p.
Proof.
  intros Hc Hs H2 x Hx. assert (Hl : lo <= hi) by lra.
  assert (E : forall n u, lo <= u <= hi -> iter n (ext f lo hi) u = iter n f u)
    by (intros; apply ext_iter; auto).
  assert (Hr : forall u, lo <= ext f lo hi u <= hi) by (intro u; apply Hs, clamp_range; auto).
  destruct (coppel_global (ext f lo hi) lo hi (ext_cont f lo hi Hl Hc) Hr) with (x := x)
    as [p [Hp [Ep Hcv]]]; auto.
  - intros u Eu. assert (Hu : lo <= u <= hi) by (rewrite <- Eu; apply Hr).
    rewrite ext_id by auto. apply H2; auto. rewrite E in Eu by auto. exact Eu.
  - exists p; split; auto. split.
    + rewrite ext_id in Ep; auto.
    + intros e He; destruct (Hcv e He) as [N HN]; exists N; intros n Hn. rewrite <- E by auto. apply HN; auto.
Qed.
