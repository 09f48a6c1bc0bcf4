(* Horseshoes that may touch ("turbulence"): a < c < b with g c on one side of [a,b] and g a, g b on the
   other. They make a map chaotic, and an orbit that leaves a fixed point and comes back behind it has one. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Covering Periods ScrambledSet Transfer.
Local Open Scope R_scope.

Definition turb_up (g : R -> R) (lo hi : R) : Prop :=
  exists a c b, lo <= a /\ a < c /\ c < b /\ b <= hi /\ b <= g c /\ g a <= a /\ g b <= a.
Definition turb_dn (g : R -> R) (lo hi : R) : Prop :=
  exists a c b, lo <= a /\ a < c /\ c < b /\ b <= hi /\ g c <= a /\ b <= g a /\ b <= g b.
Definition turb (g : R -> R) (lo hi : R) : Prop := turb_up g lo hi \/ turb_dn g lo hi.

Lemma turb_up_mir g lo hi : turb_up g lo hi -> turb_dn (mir g) (- hi) (- lo).
Proof. intros (a & c & b & H). exists (- b), (- c), (- a). unfold mir. rewrite !Ropp_involutive. lra. Qed.

Lemma turb_mir_up g lo hi : turb_up (mir g) (- hi) (- lo) -> turb_dn g lo hi.
Proof. intros (a & c & b & H). exists (- b), (- c), (- a). unfold mir in H. lra. Qed.

Lemma turb_mir_dn g lo hi : turb_dn (mir g) (- hi) (- lo) -> turb_up g lo hi.
Proof. intros (a & c & b & H). exists (- b), (- c), (- a). unfold mir in H. lra. Qed.

Lemma turb_ext f g lo hi : (forall x, f x = g x) -> turb f lo hi -> turb g lo hi.
Proof.
  intros E [T|T]; [left|right]; destruct T as (a & c & b & T); exists a, c, b; rewrite <- !E; exact T.
Qed.

Lemma turb_of_mir g lo hi : turb (mir g) (- hi) (- lo) -> turb g lo hi.
Proof. intros [T|T]; [right; apply turb_mir_up|left; apply turb_mir_dn]; auto. Qed.

(* ---- A horseshoe is chaotic ---- *)

Lemma turb_dn_chaotic g lo hi : continuity g -> turb_dn g lo hi -> li_yorke_chaotic g lo hi.
Proof.
  intros Hg (a & c & b & Hlo & Hac & Hcb & Hhi & Hc & Ha & Hb).
  assert (HK : covers g a c a b) by (apply (covers_ends g a c a b c a); auto; lra).
  assert (HL : covers g c b a b) by (apply (covers_ends g c b a b c b); auto; lra).
  split.
  - intros n Hn. destruct (all_periods g a c b) with (n := n) as [x [Hx Lx]]; auto.
    + apply (covers_sub g a c a b); auto; lra.
    + left; lra.
    + exists x; split; auto; lra.
  - apply (scrambled_widen g c b); [lra|lra|]. apply (horseshoe_scrambled g a c b); auto.
Qed.

Theorem turb_chaotic g lo hi : continuity g -> turb g lo hi -> li_yorke_chaotic g lo hi.
Proof.
  intros Hg [T|T]; [|apply turb_dn_chaotic; auto].
  apply turb_up_mir, turb_dn_chaotic, chaotic_mir in T; [|apply mir_cont, Hg].
  rewrite !Ropp_involutive in T. exact T.
Qed.

(* ---- Excursions: y > a moves away from a, with g a <= a, and some iterate of y is at or behind a ---- *)

Lemma excursion_up g lo hi a : lo <= a -> g a <= a -> forall k y, a < y -> y < g y ->
  (forall i, (i <= k)%nat -> iter i g y <= hi) -> iter k g y <= a -> turb_up g lo hi.
Proof.
  intros Hlo Ha k. induction k as [k IH] using (well_founded_induction lt_wf).
  intros y Hy Uy Hhi Hk.
  assert (Hlater : forall m, (0 < m <= k)%nat -> a < iter m g y -> iter m g y < g (iter m g y) ->
    turb_up g lo hi).
  { intros m Hm Am Um. apply (IH (k - m)%nat ltac:(lia) (iter m g y)); auto.
    - intros i Hi. rewrite <- iter_add. apply Hhi; lia.
    - rewrite <- iter_add. replace (k - m + m)%nat with k by lia. auto. }
  (* otherwise the orbit stays in (y, g y] *)
  assert (Hstay : forall m, (m < k)%nat -> turb_up g lo hi \/ (y < iter (S m) g y <= g y)).
  { induction m as [|m IHm]; intro Hm.
    - right; simpl; lra.
    - destruct (IHm ltac:(lia)) as [T|[H1 H2]]; [left; auto|].
      pose proof (Hhi (S m) ltac:(lia)) as Hv.
      pose proof (Hlater (S m) ltac:(lia)) as L1. pose proof (Hlater (S (S m)) ltac:(lia)) as L2.
      change (iter (S (S m)) g y) with (g (iter (S m) g y)) in *.
      set (v := iter (S m) g y) in *.
      destruct (Rlt_le_dec v (g v)) as [h|h]; [left; apply L1; lra|].
      destruct (Rlt_le_dec y (g v)) as [h1|h1]; [right; lra|]. left.
      destruct (Rle_lt_dec (g v) a) as [h2|h2].
      + exists a, y, v. lra.
      + destruct (Rlt_le_dec (g v) (g (g v))) as [h3|h3]; [apply L2; lra|].
        destruct (Req_dec (g v) y) as [e|]; [rewrite e in h3; lra|].
        exists (g v), y, v; lra. }
  destruct k as [|k]; [simpl in Hk; lra|].
  destruct (Hstay k ltac:(lia)) as [T|H]; auto. lra.
Qed.

Lemma excursion_dn g lo hi a : a <= hi -> a <= g a -> forall k y, y < a -> g y < y ->
  (forall i, (i <= k)%nat -> lo <= iter i g y) -> a <= iter k g y -> turb_dn g lo hi.
Proof.
  intros Hhi Ha k y Hy Dy Hlo Hk. apply turb_mir_up.
  apply (excursion_up (mir g) (- hi) (- lo) (- a)) with (k := k) (y := - y);
    try (unfold mir; rewrite ?Ropp_involutive; lra).
  - intros i Hi. specialize (Hlo i Hi). rewrite iter_mir, Ropp_involutive. lra.
  - rewrite iter_mir, Ropp_involutive. lra.
Qed.

(* ---- A point that moves right and comes back ---- *)

(* There is a fixed point right of it, and a first one. *)
Lemma first_fixed_point f x n : continuity f -> (0 < n)%nat -> x < f x -> iter n f x <= x ->
  exists z j, (j <= n)%nat /\ x < z <= iter j f x /\ f z = z /\ forall t, x <= t < z -> t < f t.
Proof.
  intros Hf Hn Hx Hr.
  assert (A : forall i, (exists j, (j <= i)%nat /\ x < iter j f x /\ f (iter j f x) <= iter j f x) \/
                        x < iter (S i) f x).
  { induction i as [|i [[j [H1 H2]]|H]].
    - right; simpl; lra.
    - left; exists j; split; auto; lia.
    - destruct (Rle_lt_dec (f (iter (S i) f x)) (iter (S i) f x)) as [h|h].
      + left; exists (S i); split; [lia|]. split; auto.
      + right. change (iter (S (S i)) f x) with (f (iter (S i) f x)). lra. }
  destruct n as [|i]; [lia|]. destruct (A i) as [[j [H1 [H2 H3]]]|H]; [|lra].
  destruct (first_cross (fun t => - (f t - t)) x (iter j f x) 0) as [z [Hz [Ez Bz]]]; try lra.
  { apply cont_opp, cont_minus_id, Hf. }
  exists z, j. split; [lia|]. split; [lra|]. split; [lra|]. intros t Ht; specialize (Bz t Ht); lra.
Qed.
