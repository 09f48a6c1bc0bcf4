(* The entropy of a map is that of its core, a part that all orbits enter after N steps.

   Cut the interval into m parts, so short that the orbits of two points of one part stay within eps for N
   steps. One part has the m-th share of the points of a separated list, and after N steps they are
   separated in the core. *)

From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Iterates Compactness Entropy.
Import ListNotations.
Local Open Scope R_scope.

Lemma pigeonhole (p : nat -> R -> bool) m E :
  (forall x, In x E -> exists i, (i <= m)%nat /\ p i x = true) ->
  exists i, (i <= m)%nat /\ (length E <= S m * length (filter (p i) E))%nat.
Proof.
  revert E. induction m as [|m IH]; intros E H.
  - exists 0%nat. split; auto. rewrite Nat.mul_1_l. clear - H. induction E as [|x E IH]; [auto|]. simpl.
    destruct (H x) as [i [Hi Hp]]; [left; auto|]. replace i with 0%nat in Hp by lia. rewrite Hp. simpl.
    apply le_n_S, IH. intros; apply H; right; auto.
  - set (rest := filter (fun x => negb (p (S m) x)) E).
    pose proof (length_filter (p (S m)) E) as Hlen. fold rest in Hlen.
    destruct (IH rest) as [i [Hi Hbig]].
    { intros x Hx. apply filter_In in Hx as [Hx Hp]. destruct (H x Hx) as [i [Hi Hpi]]. exists i. split; auto.
      destruct (Nat.eq_dec i (S m)) as [->|]; [rewrite Hpi in Hp; discriminate|lia]. }
    assert (Hsub : (length (filter (p i) rest) <= length (filter (p i) E))%nat).
    { unfold rest. clear. induction E as [|x E IH]; [auto|]. simpl.
      destruct (negb (p (S m) x)); simpl; destruct (p i x); simpl; lia. }
    destruct (Nat.le_gt_cases (length E) (S (S m) * length (filter (p (S m)) E))) as [h|h].
    + exists (S m). auto.
    + exists i. split; [lia|]. nia.
Qed.

Lemma pairs_image (P Q : R -> R -> Prop) g E : (forall x y, In x E -> In y E -> P x y -> Q (g x) (g y)) ->
  ForallOrdPairs P E -> ForallOrdPairs Q (map g E).
Proof.
  intros H HP. induction HP as [|x E Hx HE IH]; simpl; constructor.
  - rewrite Forall_forall in Hx |- *. intros z Hz. apply in_map_iff in Hz as (y & <- & Hy).
    apply H; simpl; auto.
  - apply IH. intros y z Hy Hz. apply H; simpl; auto.
Qed.

Theorem entropy_le_core f lo hi c d N mu : 0 < mu -> lo <= hi -> continuity f ->
  (forall x, lo <= x <= hi -> c <= iter N f x <= d) ->
  entropy_le_ln f c d mu -> entropy_le_ln f lo hi mu.
Proof.
  intros Hmu Hlohi Hf Hcore Hle lam Hge. apply Rnot_lt_le. intro Hlt.
  set (lam' := (mu + lam) / 2). set (nu' := (lam' + lam) / 2).
  assert (Horder : mu < lam' < nu' /\ nu' < lam) by (unfold nu', lam'; lra).
  destruct (Hge nu' ltac:(lra)) as (eps & Heps & Hmany).
  apply (uniform_steps f lo hi N eps Hf Heps). intros (w & Hw & Hsteps).
  enough (H : entropy_ge_ln f c d lam') by (specialize (Hle lam' H); lra).
  destruct (nat_above ((hi - lo) / w)) as [m Hm].
  assert (Hlen : hi - lo < INR m * w).
  { apply (Rmult_lt_compat_r w) in Hm; [|exact Hw]. unfold Rdiv in Hm.
    rewrite Rmult_assoc, Rinv_l in Hm; lra. }
  intros nu Hnu. exists eps. split; [exact Heps|]. intro N1.
  assert (HnuN : 0 < nu ^ N) by (apply pow_lt; lra).
  destruct (power_outgrows nu nu' (INR (S m) / nu ^ N) ltac:(lra)) as [M HM].
  destruct (Hmany (N1 + N + M)%nat) as (n & E & Hn & [Hstay Hsep] & Hbig). specialize (HM n ltac:(lia)).
  (* the part of E in one short interval *)
  set (part := fun i x => if Rle_dec (lo + INR i * w) x then
                            if Rle_dec x (lo + INR (S i) * w) then true else false else false).
  assert (Hpart : forall i x, part i x = true -> lo + INR i * w <= x <= lo + INR (S i) * w).
  { intros i x. unfold part. destruct (Rle_dec (lo + INR i * w) x); [|discriminate].
    destruct (Rle_dec x (lo + INR (S i) * w)); [auto|discriminate]. }
  assert (Hcover : forall k x, lo <= x -> x <= lo + INR (S k) * w ->
    exists i, (i <= k)%nat /\ part i x = true).
  { induction k as [|k IH]; intros x Hx Hxk.
    - exists 0%nat. split; auto. unfold part. destruct (Rle_dec (lo + INR 0 * w) x)
        as [_|h]; [|simpl in h; lra].
      destruct (Rle_dec x (lo + INR 1 * w)) as [_|h]; [auto|lra].
    - destruct (Rle_lt_dec x (lo + INR (S k) * w)) as [h|h].
      + destruct (IH x Hx h) as [i [Hi Hp]]. exists i; split; auto.
      + exists (S k). split; auto. unfold part. destruct (Rle_dec (lo + INR (S k) * w) x) as [_|h']; [|lra].
        destruct (Rle_dec x (lo + INR (S (S k)) * w)) as [_|h']; [auto|lra]. }
  destruct (pigeonhole part m E) as [i [_ Hshare]].
  { intros x Hx. pose proof (Hstay x Hx 0%nat) as Hx0. simpl in Hx0. apply Hcover; [lra|]. rewrite S_INR.
    nra. }
  exists (n - N)%nat, (map (iter N f) (filter (part i) E)). split; [lia|]. split; [split|].
  - intros z Hz k. apply in_map_iff in Hz as (x & <- & Hx). apply filter_In in Hx as [Hx _].
    rewrite <- iter_add, Nat.add_comm, iter_add. apply Hcore, Hstay, Hx.
  - apply (pairs_image (apart f n eps)); [|apply pairs_filter, Hsep].
    intros x y Hx Hy (k & Hk & Hdist). apply filter_In in Hx as [Hx Hpx]. apply filter_In in Hy as [Hy Hpy].
    apply Hpart in Hpx, Hpy. rewrite S_INR in Hpx, Hpy.
    destruct (Nat.lt_ge_cases k N) as [HkN|HkN].
    + exfalso. pose proof (Hsteps x y (Hstay x Hx 0%nat) (Hstay y Hy 0%nat) ltac:(apply Rabs_le; lra) k HkN).
      lra.
    + exists (k - N)%nat. split; [lia|]. rewrite <- !iter_add. replace (k - N + N)%nat with k by lia.
      exact Hdist.
  - rewrite map_length. apply le_INR in Hshare. rewrite mult_INR in Hshare.
    assert (HSm : 0 < INR (S m)) by (apply lt_0_INR; lia).
    assert (Enu : INR (S m) / nu ^ N * nu ^ n = INR (S m) * nu ^ (n - N)).
    { replace n with (n - N + N)%nat at 1 by lia. rewrite pow_add. field. lra. }
    apply (Rmult_le_reg_l (INR (S m))); [exact HSm|]. lra.
Qed.

Lemma entropy_widen f lo hi lo' hi' lam : lo' <= lo -> hi <= hi' ->
  entropy_ge_ln f lo hi lam -> entropy_ge_ln f lo' hi' lam.
Proof.
  intros Hlo Hhi H mu Hmu. destruct (H mu Hmu) as (eps & Heps & HN). exists eps. split; [exact Heps|].
  intro N. destruct (HN N) as (n & E & Hn & [Hstay Hsep] & Hlen). exists n, E. split; [exact Hn|].
  split; [|exact Hlen]. split; [|exact Hsep]. intros x Hx k. specialize (Hstay x Hx k). lra.
Qed.
