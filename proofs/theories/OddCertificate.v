(* What a certificate of chaos proves: an odd return or a cycle of an iterate of f makes f chaotic.

   With g = f^(2^j):  g^n x <= x < g x, or the mirror image, for an odd n  (Li, Misiurewicz, Pianigiani,
   Yorke 1982), or a least period that is not a power of 2, gives a scrambled set and a least period that is
   not a power of 2. Each theorem comes for continuous maps of the line, with the orbit in [lo, hi], and for
   maps of [lo, hi] into itself that are continuous there. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Transfer LiYorke Turbulence OddChaos.
Local Open Scope R_scope.

(* ---- Odd returns on the line ---- *)

Theorem iterate_certificate f k x lo hi n : continuity f -> (0 < k)%nat -> Nat.Odd n ->
  (forall i, (i <= n)%nat -> lo <= iter (i * k) f x <= hi) ->
  (iter (n * k) f x <= x < iter k f x) \/ (iter k f x < x <= iter (n * k) f x) ->
  has_scrambled f lo hi /\
  (li_yorke_chaotic (iter k f) lo hi \/ li_yorke_chaotic (iter 2 (iter k f)) lo hi) /\
  exists q p, Nat.Odd q /\ (1 < q <= n)%nat /\ lo <= p <= hi /\ least_period (iter k f) q p.
Proof.
  intros Hf Hk Hodd HX H. set (g := iter k f).
  assert (Hg : continuity g) by (apply iter_cont; auto).
  assert (HXg : forall i, (i <= n)%nat -> lo <= iter i g x <= hi)
    by (intros i Hi; unfold g; rewrite iter_iter; auto).
  rewrite <- iter_iter in H. fold g in H.
  assert (C : li_yorke_chaotic g lo hi \/ li_yorke_chaotic (iter 2 g) lo hi).
  { destruct (odd_turb g x lo hi n Hg Hodd HXg H) as [T|T]; [left|right]; apply turb_chaotic; auto.
    apply iter_cont; auto. }
  split; [|split; [exact C|apply (odd_period g x lo hi n); auto]].
  apply (iterate_scrambled f k); auto. destruct C as [[_ C]|[_ C]]; auto.
  apply (iterate_scrambled g 2); auto.
Qed.

Theorem odd_certificate f j x lo hi n : continuity f -> Nat.Odd n ->
  (forall i, (i <= n)%nat -> lo <= iter (i * 2 ^ j) f x <= hi) ->
  (iter (n * 2 ^ j) f x <= x < iter (2 ^ j) f x) \/ (iter (2 ^ j) f x < x <= iter (n * 2 ^ j) f x) ->
  chaotic f lo hi.
Proof.
  intros Hf Hodd HX H.
  destruct (iterate_certificate f (2 ^ j) x lo hi n Hf (pow2_pos j) Hodd HX H)
    as (C & _ & q & p & Ho & Hq & Hp & L).
  split; auto. destruct (not_pow2 f j q p Ho ltac:(lia) L) as [m [Lm Hm]]. exists m, p; auto.
Qed.

(* ---- A finite orbit lies in an interval ---- *)

Lemma orbit_min g p m : exists i, (i <= m)%nat /\ forall k, (k <= m)%nat -> iter i g p <= iter k g p.
Proof.
  induction m as [|m [i [Hi H]]].
  - exists 0%nat; split; auto. intros k Hk; replace k with 0%nat by lia; lra.
  - destruct (Rle_lt_dec (iter i g p) (iter (S m) g p)) as [h|h].
    + exists i; split; [lia|]. intros k Hk. destruct (Nat.eq_dec k (S m)) as [->|]; [auto|apply H; lia].
    + exists (S m); split; [lia|]. intros k Hk. destruct (Nat.eq_dec k (S m)) as [->|]; [lra|].
      specialize (H k ltac:(lia)); lra.
Qed.

Lemma orbit_hull g p m : exists lo hi, forall k, (k <= m)%nat -> lo <= iter k g p <= hi.
Proof.
  induction m as [|m (lo & hi & H)].
  - exists p, p. intros k Hk. replace k with 0%nat by lia. simpl; lra.
  - exists (Rmin lo (iter (S m) g p)), (Rmax hi (iter (S m) g p)). intros k Hk.
    pose proof (Rmin_l lo (iter (S m) g p)). pose proof (Rmin_r lo (iter (S m) g p)).
    pose proof (Rmax_l hi (iter (S m) g p)). pose proof (Rmax_r hi (iter (S m) g p)).
    destruct (Nat.eq_dec k (S m)) as [->|]; [lra|]. specialize (H k ltac:(lia)). lra.
Qed.

Lemma cycle_hull f m p : (0 < m)%nat -> iter m f p = p -> exists lo hi, forall k, lo <= iter k f p <= hi.
Proof.
  intros Hm E. destruct (orbit_hull f p m) as (lo & hi & H). exists lo, hi. intro k.
  rewrite (iter_mod f m p Hm E k). apply H. pose proof (Nat.mod_upper_bound k m ltac:(lia)). lia.
Qed.

(* ---- Cycles are odd returns ---- *)

(* The lowest point of a cycle of length q > 1 moves right and comes back after q steps. *)
Lemma cycle_certificate g q p : (1 < q)%nat -> least_period g q p ->
  exists i, (i < q)%nat /\ iter q g (iter i g p) = iter i g p /\ iter i g p < g (iter i g p).
Proof.
  intros Hq [_ [E Hmin]]. destruct (orbit_min g p (q - 1)) as [i [Hi Hlow]].
  exists i. split; [lia|]. split; [rewrite <- iter_add, Nat.add_comm, iter_add, E; auto|].
  assert (H : iter i g p <= g (iter i g p)).
  { change (g (iter i g p)) with (iter (S i) g p). destruct (Nat.eq_dec (S i) q) as [e|].
    - rewrite e, E. apply (Hlow 0%nat); lia.
    - apply Hlow; lia. }
  destruct (Req_dec (iter i g p) (g (iter i g p))) as [e|]; [|lra]. exfalso.
  (* a fixed point on the cycle would be the whole cycle *)
  assert (P : p = iter i g p).
  { rewrite <- E at 1. replace q with ((q - i) + i)%nat at 1 by lia. rewrite iter_add. apply iter_fix; auto. }
  apply (Hmin 1%nat ltac:(lia)). simpl. rewrite P, <- e. auto.
Qed.

(* The odd return that a least period q 2^j, q odd, gives. *)
Lemma odd_return_of_period f m p : least_period f m p -> (forall i, m <> (2 ^ i)%nat) ->
  exists j q i, Nat.Odd q /\ (1 < q)%nat /\
    iter q (iter (2 ^ j) f) (iter i f p) = iter i f p /\ iter i f p < iter (2 ^ j) f (iter i f p).
Proof.
  intros L Hm. destruct (odd_period_of_iterate f m p L Hm) as (j & q & Ho & Hq & Lg).
  destruct (cycle_certificate _ q p Hq Lg) as [i [_ [E1 E2]]].
  exists j, q, (i * 2 ^ j)%nat. rewrite <- (iter_iter f). auto.
Qed.

Theorem period_certificate f m p lo hi : continuity f -> least_period f m p -> (forall i, m <> (2 ^ i)%nat) ->
  (forall i, lo <= iter i f p <= hi) -> chaotic f lo hi.
Proof.
  intros Hf L Hm Hin. destruct (odd_return_of_period f m p L Hm) as (j & q & i & Ho & _ & E1 & E2).
  apply (odd_certificate f j (iter i f p) lo hi q Hf Ho).
  - intros k _. rewrite <- iter_add. auto.
  - left. rewrite <- iter_iter. lra.
Qed.

(* ---- Maps of [lo, hi] ---- *)

Section Interval.
Variables (f : R -> R) (lo hi : R).
Hypothesis Hc : cont_on f lo hi.
Hypothesis Hs : selfmap f lo hi.

Lemma ext_verdict x : lo <= x <= hi -> chaotic (ext f lo hi) lo hi -> chaotic f lo hi.
Proof.
  intros Hx [C (m & p & Hp & L & Hm)]. split; [apply ext_scrambled; auto|].
  exists m, p. split; auto. split; auto. apply (ext_least_period f lo hi); auto.
Qed.

Theorem odd_chaos_interval j x n : lo <= x <= hi -> Nat.Odd n ->
  (iter (n * 2 ^ j) f x <= x < iter (2 ^ j) f x) \/ (iter (2 ^ j) f x < x <= iter (n * 2 ^ j) f x) ->
  chaotic f lo hi.
Proof.
  intros Hx Ho H. apply (ext_verdict x Hx), (odd_certificate _ j x lo hi n); auto.
  - apply ext_cont; auto; lra.
  - intros i _. rewrite ext_iter by auto. apply selfmap_iter; auto.
  - rewrite !ext_iter by auto. exact H.
Qed.

Theorem period_chaos_interval m p : lo <= p <= hi -> least_period f m p -> (forall i, m <> (2 ^ i)%nat) ->
  chaotic f lo hi.
Proof.
  intros Hp L Hm. destruct (odd_return_of_period f m p L Hm) as (j & q & i & Ho & _ & E1 & E2).
  apply (odd_chaos_interval j (iter i f p) q); auto.
  - apply selfmap_iter; auto.
  - left. rewrite <- iter_iter. lra.
Qed.

(* With n = 3 for f itself the period is 3, and f has all periods. *)
Theorem three_chaos_interval x : lo <= x <= hi ->
  (iter 3 f x <= x < f x) \/ (f x < x <= iter 3 f x) -> li_yorke_chaotic f lo hi.
Proof.
  intros Hx H. destruct (odd_period (ext f lo hi) x lo hi 3) as (q & p & Ho & Hq & Hp & L).
  - apply ext_cont; auto; lra.
  - exists 1%nat; reflexivity.
  - intros i _. rewrite ext_iter by auto. apply selfmap_iter; auto.
  - rewrite ext_iter, ext_id by auto. exact H.
  - apply (period_three_interval f p); auto. apply (ext_least_period f lo hi); auto.
    replace 3%nat with q by (destruct Ho; lia). exact L.
Qed.
End Interval.

Theorem three_chaos_line f x : continuity f -> (iter 3 f x <= x < f x) \/ (f x < x <= iter 3 f x) ->
  exists lo hi, li_yorke_chaotic f lo hi.
Proof.
  intros Hf H. destruct (orbit_hull f x 3) as (lo & hi & Hin).
  destruct (odd_period f x lo hi 3 Hf ltac:(exists 1%nat; reflexivity) Hin H) as (q & p & Ho & Hq & Hp & L).
  replace q with 3%nat in L by (destruct Ho; lia).
  destruct (cycle_hull f 3 p ltac:(lia) (proj1 (proj2 L))) as (lo' & hi' & Hin').
  exists lo', hi'. apply (period_three f p); auto.
Qed.

Theorem odd_chaos_line f j x n : continuity f -> Nat.Odd n ->
  (iter (n * 2 ^ j) f x <= x < iter (2 ^ j) f x) \/ (iter (2 ^ j) f x < x <= iter (n * 2 ^ j) f x) ->
  exists lo hi, chaotic f lo hi.
Proof.
  intros Hf Ho H. destruct (orbit_hull (iter (2 ^ j) f) x n) as (lo & hi & Hin).
  exists lo, hi. apply (odd_certificate f j x lo hi n); auto.
  intros i Hi. rewrite <- iter_iter. auto.
Qed.

Theorem period_chaos_line f m p : continuity f -> least_period f m p -> (forall i, m <> (2 ^ i)%nat) ->
  exists lo hi, chaotic f lo hi.
Proof.
  intros Hf L Hm. destruct (cycle_hull f m p (proj1 L) (proj1 (proj2 L))) as (lo & hi & Hin).
  exists lo, hi. apply (period_certificate f m p); auto.
Qed.

(* ---- Chaos in the sense of Li and Yorke is chaos ---- *)

Corollary li_yorke_is_chaotic f lo hi : li_yorke_chaotic f lo hi -> chaotic f lo hi.
Proof.
  intros [HP HS]. split; auto. destruct (HP 3%nat ltac:(lia)) as [p [Hp L]]. exists 3%nat, p.
  split; auto. split; auto. intros [|[|i]] E; simpl in E; lia.
Qed.
