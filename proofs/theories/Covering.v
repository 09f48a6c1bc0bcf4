(* Intervals that cover intervals.

   [a,b] covers [c,d] under g when every point of [c,d] has a preimage in [a,b].  Two consequences, which
   carry all that follows (the finite one is Lemma 1 and 2 of Li and Yorke 1975):

   - a closed loop of coverings contains a periodic point with that itinerary   (loop_point);
   - an infinite path of coverings contains a point with that itinerary         (itinerary).

   The point of [itinerary] is the supremum of the lower bounds of the finite preimages: a function of the
   path, obtained without any axiom of choice. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Continuity.
Local Open Scope R_scope.

Definition covers (g : R -> R) (a b c d : R) : Prop :=
  forall y, c <= y <= d -> exists x, a <= x <= b /\ g x = y.

Lemma covers_ends g a b c d s t : continuity g -> a <= s <= b -> a <= t <= b ->
  g s <= c -> d <= g t -> covers g a b c d.
Proof.
  intros Hg Hs Ht Hc Hd y Hy. destruct (Rle_lt_dec s t) as [h|h].
  - destruct (IVT_up g s t y Hg h ltac:(lra)) as [z [Hz E]]. exists z; split; [lra|auto].
  - destruct (IVT_down g t s y Hg ltac:(lra) ltac:(lra)) as [z [Hz E]]. exists z; split; [lra|auto].
Qed.

Lemma covers_sub g a b c d c' d' : c <= c' -> d' <= d -> covers g a b c d -> covers g a b c' d'.
Proof. intros Hc Hd H y Hy. apply H; lra. Qed.

Lemma covers_comp f g a b c d e h : covers f a b c d -> covers g c d e h -> covers (fun x => g (f x)) a b e h.
Proof.
  intros H1 H2 y Hy. destruct (H2 y Hy) as [w [Hw Ew]]. destruct (H1 w Hw) as [x [Hx Ex]].
  exists x; split; auto. congruence.
Qed.

(* ---- A covering is exact on a subinterval ---- *)

(* g maps the ends of [u,v] to the ends of [c,d]. *)
Definition onto_ends (g : R -> R) (u v c d : R) : Prop :=
  (g u = c /\ g v = d) \/ (g u = d /\ g v = c).

Lemma exact_sub_up g s t c d : continuity g -> s <= t -> c <= d -> g s = c -> g t = d ->
  exists u v, s <= u <= v /\ v <= t /\ g u = c /\ g v = d /\ forall x, u <= x <= v -> c <= g x <= d.
Proof.
  intros Hg Hst Hcd Hs Ht.
  destruct (Req_dec c d) as [e|Hne].
  { exists s, s. repeat split; try lra; replace x with s by lra; lra. }
  assert (Hst' : s < t) by (destruct (Req_dec s t) as [e|]; [rewrite <- e in Ht; lra|lra]).
  (* v: the first point with value d; -w: the last point before it with value c *)
  destruct (first_cross g s t d Hg Hst' ltac:(lra) ltac:(lra)) as [v [Hv [Ev Bv]]].
  destruct (first_cross (fun x => - g (- x)) (- v) (- s) (- c)) as [w [Hw [Ew Bw]]].
  { apply cont_opp, cont_reflect, Hg. }
  { lra. }
  { rewrite Ropp_involutive; lra. }
  { rewrite Ropp_involutive; lra. }
  exists (- w), v. repeat split; try lra.
  - destruct (Req_dec x (- w)) as [->|]; [lra|].
    specialize (Bw (- x) ltac:(lra)). rewrite Ropp_involutive in Bw; lra.
  - destruct (Req_dec x v) as [->|]; [lra|].
    specialize (Bv x ltac:(lra)); lra.
Qed.

Lemma exact_sub g a b s t c d : continuity g -> c <= d ->
  a <= s <= b -> a <= t <= b -> g s = c -> g t = d ->
  exists u v, a <= u /\ u <= v /\ v <= b /\ onto_ends g u v c d /\ forall x, u <= x <= v -> c <= g x <= d.
Proof.
  intros Hg Hcd Hs Ht Es Et. destruct (Rle_lt_dec s t) as [h|h].
  - destruct (exact_sub_up g s t c d Hg h Hcd Es Et) as (u & v & H1 & H2 & H3 & H4 & H5).
    exists u, v; repeat split; try lra; try (apply H5; lra). left; auto.
  - destruct (exact_sub_up (fun x => g (- x)) (- s) (- t) c d) as (u & v & H1 & H2 & H3 & H4 & H5);
      try lra; try (rewrite Ropp_involutive; auto).
    { apply cont_reflect, Hg. }
    exists (- v), (- u). split; [lra|]. split; [lra|]. split; [lra|]. split; [right; auto|].
    intros x Hx. specialize (H5 (- x) ltac:(lra)). rewrite Ropp_involutive in H5. exact H5.
Qed.

Lemma onto_ends_surj g u v c d : continuity g -> u <= v -> onto_ends g u v c d -> covers g u v c d.
Proof.
  intros Hg Huv [[Eu Ev]|[Eu Ev]].
  - apply (covers_ends g u v c d u v); auto; lra.
  - apply (covers_ends g u v c d v u); auto; lra.
Qed.

Lemma onto_ends_fix g u v c d : continuity g -> u <= v -> onto_ends g u v c d -> c <= u -> v <= d ->
  exists x, u <= x <= v /\ g x = x.
Proof.
  intros Hg Huv Ho Hcu Hvd. pose proof (cont_minus_id g Hg) as Hc.
  destruct Ho as [[Eu Ev]|[Eu Ev]].
  - destruct (IVT_up (fun x => g x - x) u v 0 Hc Huv ltac:(lra)) as [z [Hz E]]. exists z; split; lra.
  - destruct (IVT_down (fun x => g x - x) u v 0 Hc Huv ltac:(lra)) as [z [Hz E]]. exists z; split; lra.
Qed.

(* ---- Paths of coverings: the intervals are [lo n, hi n] ---- *)

Section Path.
Variables (f : R -> R) (lo hi : nat -> R).
Hypothesis Hf : continuity f.
Hypothesis Hle : forall n, lo n <= hi n.
Hypothesis Hcov : forall n, covers f (lo n) (hi n) (lo (S n)) (hi (S n)).

Definition follows (n : nat) (x : R) : Prop := forall i, (i <= n)%nat -> lo i <= iter i f x <= hi i.

Lemma follows_0 x : lo 0%nat <= x <= hi 0%nat -> follows 0 x.
Proof. intros Hx i Hi. replace i with 0%nat by lia. exact Hx. Qed.

Lemma follows_S n x : follows n x -> lo (S n) <= iter (S n) f x <= hi (S n) -> follows (S n) x.
Proof. intros H Hx i Hi. destruct (Nat.eq_dec i (S n)) as [->|]; auto. apply H; lia. Qed.

(* An interval that follows the path n steps and is mapped by f^n exactly over the last interval. *)
Lemma chain_exact n : exists u v, u <= v /\ onto_ends (iter n f) u v (lo n) (hi n) /\
  forall x, u <= x <= v -> follows n x.
Proof.
  induction n as [|n (u & v & Huv & Hon & Hit)].
  - exists (lo 0%nat), (hi 0%nat). split; [apply Hle|]. split; [left; auto|]. apply follows_0.
  - assert (Hpre : covers (iter (S n) f) u v (lo (S n)) (hi (S n))).
    { apply (covers_comp (iter n f) f u v (lo n) (hi n)); auto.
      apply onto_ends_surj; auto. apply iter_cont; auto. }
    pose proof (Hle (S n)) as HlS.
    destruct (Hpre (lo (S n)) ltac:(lra)) as [s [Hs Es]].
    destruct (Hpre (hi (S n)) ltac:(lra)) as [t [Ht Et]].
    destruct (exact_sub (iter (S n) f) u v s t (lo (S n)) (hi (S n)) (iter_cont f (S n) Hf) HlS Hs Ht Es Et)
      as (u' & v' & H1 & H2 & H3 & H4 & H5).
    exists u', v'. split; [auto|]. split; [exact H4|].
    intros x Hx. apply follows_S; auto. apply Hit; lra.
Qed.

Theorem loop_point n : lo n = lo 0%nat -> hi n = hi 0%nat -> exists x, iter n f x = x /\ follows n x.
Proof.
  intros E1 E2. destruct (chain_exact n) as (u & v & Huv & Hon & Hit).
  rewrite E1, E2 in Hon.
  pose proof (Hit u ltac:(lra) 0%nat ltac:(lia)) as Hu. pose proof (Hit v ltac:(lra) 0%nat ltac:(lia)) as Hv.
  simpl in Hu, Hv.
  destruct (onto_ends_fix (iter n f) u v (lo 0%nat) (hi 0%nat)) as [x [Hx E]]; auto; try lra.
  { apply iter_cont; auto. }
  exists x; split; auto.
Qed.

Lemma follows_point n y : lo n <= y <= hi n -> exists x, follows n x /\ iter n f x = y.
Proof.
  revert y; induction n as [|n IH]; intros y Hy.
  - exists y; split; auto. apply follows_0; auto.
  - destruct (Hcov n y Hy) as [w [Hw Ew]]. destruct (IH w Hw) as [x [Hx Ex]].
    assert (E : iter (S n) f x = y) by (simpl; congruence).
    exists x; split; auto. apply follows_S; auto. rewrite E; auto.
Qed.

Theorem itinerary : { x | forall n, lo n <= iter n f x <= hi n }.
Proof.
  set (E := fun y => exists n, forall x, follows n x -> y <= x).
  destruct (completeness E) as [m [Hub Hlub]].
  { exists (hi 0%nat). intros y [n Hn].
    destruct (follows_point n (lo n) ltac:(specialize (Hle n); lra)) as [x [Hx _]].
    specialize (Hn x Hx). specialize (Hx 0%nat ltac:(lia)). simpl in Hx; lra. }
  { exists (lo 0%nat), 0%nat. intros x Hx. specialize (Hx 0%nat ltac:(lia)); simpl in Hx; lra. }
  exists m.
  (* no neighbourhood of m fails the i-th condition altogether *)
  assert (Hnear : forall i d, 0 < d ->
     (forall x, Rabs (x - m) < d -> lo i <= iter i f x <= hi i -> False) -> False).
  { intros i d Hd Hx. assert (m <= m - d / 2); [|lra].
    apply Hlub. intros y [k Hk]. destruct (Rle_lt_dec y (m - d / 2)) as [h|h]; auto. exfalso.
    assert (m + d / 2 <= m); [|lra]. apply Hub. exists (Nat.max i k). intros x HA.
    assert (Hyx : y <= x) by (apply Hk; intros j Hj; apply HA; lia).
    destruct (Rle_lt_dec (m + d / 2) x) as [h'|h']; auto. exfalso.
    apply (Hx x); [apply Rabs_def1; lra|]. apply HA; lia. }
  intro n. split.
  - destruct (Rle_lt_dec (lo n) (iter n f m)) as [h|h]; auto. exfalso.
    destruct (cont_lt (iter n f) m (lo n) (iter_cont f n Hf) h) as [d [Hd Hx]].
    apply (Hnear n d Hd). intros x H1 H2; specialize (Hx x H1); lra.
  - destruct (Rle_lt_dec (iter n f m) (hi n)) as [h|h]; auto. exfalso.
    destruct (cont_gt (iter n f) m (hi n) (iter_cont f n Hf) h) as [d [Hd Hx]].
    apply (Hnear n d Hd). intros x H1 H2; specialize (Hx x H1); lra.
Qed.
End Path.

(* A self-covering contains a fixed point. *)
Lemma covers_fix g a b : continuity g -> a <= b -> covers g a b a b -> exists x, a <= x <= b /\ g x = x.
Proof.
  intros Hg Hab Hc.
  destruct (loop_point g (fun _ => a) (fun _ => b) Hg (fun _ => Hab) (fun _ => Hc) 1 eq_refl eq_refl)
    as [x [E Hx]].
  exists x; split; [apply (Hx 0%nat); lia|exact E].
Qed.
