(* The definitions are those of the textbooks, and they are neither void nor trivial.

   Proximal and distal in the words of lim and subsequences; continuity on [lo, hi] as the standard
   library's limit; sets that are uncountable and sets that are not; a chaotic map (the tent), ordered ones
   (the reflection, the doubling of the line), and that the identity is not chaotic. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Continuity LiYorke Order Line.
Local Open Scope R_scope.

(* ---- Quantifiers over nat are decided ---- *)

Lemma dec_all (P : nat -> Prop) : (forall n, {P n} + {~ P n}) -> {forall n, P n} + {exists n, ~ P n}.
Proof.
  intro D. destruct (ClassicalDedekindReals.sig_forall_dec P D)
    as [[n Hn]|H]; [right; exists n; auto|left; auto].
Qed.

Lemma find (P : nat -> Prop) : (forall n, {P n} + {~ P n}) -> (exists n, P n) -> {n | P n}.
Proof.
  intros D H. destruct (ClassicalDedekindReals.sig_forall_dec (fun n => ~ P n)) as [[n Hn]|H'].
  - intro n. destruct (D n); [right|left]; auto.
  - exists n. destruct (D n); auto. contradiction.
  - exfalso. destruct H as [n Hn]. apply (H' n Hn).
Qed.

(* ---- Distal means not asymptotic, proximal means asymptotic along a subsequence ---- *)

Lemma small_inverse e : 0 < e -> exists k, / INR (S k) < e.
Proof.
  intro He. destruct (archimed_cor1 e He) as [N [H1 H2]]. exists (N - 1)%nat.
  replace (S (N - 1)) with N by lia. exact H1.
Qed.

Theorem distal_iff f x y : distal f x y <-> ~ asymptotic f x y.
Proof.
  split; [intros Hd Ha; apply (asymptotic_not_distal f x y); auto|].
  rewrite asymptotic_eps. set (D := fun n => Rabs (iter n f x - iter n f y)). intro H.
  assert (Hpos : forall k, 0 < / INR (S k)) by (intro k; apply Rinv_0_lt_compat, lt_0_INR; lia).
  (* "beyond N the distance is below e" is decided, and so is "for some N" *)
  assert (Late : forall e N, {forall n, (N <= n)%nat -> D n < e} + {exists n, ~ ((N <= n)%nat -> D n < e)}).
  { intros e N. apply dec_all. intro n. destruct (le_dec N n); [|left; lia].
    destruct (Rlt_dec (D n) e); [left; auto|right; auto]. }
  assert (Some : forall e, {exists N, forall n, (N <= n)%nat -> D n < e} +
                           {forall N, exists n, (N <= n)%nat /\ e <= D n}).
  { intro e. destruct (dec_all (fun N => exists n, ~ ((N <= n)%nat -> D n < e))) as [Hno|Hyes].
    - intro N. destruct (Late e N) as [Hall|Hex]; [right|left; auto]. intros [n Hn]. apply Hn, Hall.
    - right. intro N. destruct (Hno N) as [n Hn]. exists n. split.
      + destruct (le_dec N n); auto. exfalso; apply Hn; lia.
      + destruct (Rle_lt_dec e (D n)); auto. exfalso; apply Hn; auto.
    - left. destruct Hyes as [N HN]. exists N. destruct (Late e N) as [Hall|Hex]; auto. contradiction. }
  destruct (dec_all (fun k => exists N, forall n, (N <= n)%nat -> D n < / INR (S k))) as [Hall|[k Hk]].
  - intro k. destruct (Some (/ INR (S k))) as [Hs|Hs]; [left; auto|right].
    intros [N HN]. destruct (Hs N) as [n [Hn Hd]]. specialize (HN n Hn). lra.
  - exfalso. apply H. intros e He. destruct (small_inverse e He) as [k Hk]. destruct (Hall k) as [N HN].
    exists N. intros n Hn. specialize (HN n Hn). unfold D in HN. lra.
  - exists (/ INR (S k)). split; auto. destruct (Some (/ INR (S k))) as [Hs|Hs]; [contradiction|exact Hs].
Qed.

Theorem proximal_iff f x y : proximal f x y <->
  exists u : nat -> nat, (forall k, (k <= u k)%nat) /\ Un_cv (fun k => iter (u k) f x - iter (u k) f y) 0.
Proof.
  split.
  - intro H.
    assert (Next : forall k, {n | (k <= n)%nat /\ Rabs (iter n f x - iter n f y) < / INR (S k)}).
    { intro k. apply find.
      - intro n. destruct (le_dec k n); [|right; lia].
        destruct (Rlt_dec (Rabs (iter n f x - iter n f y)) (/ INR (S k))); [left; auto|right; tauto].
      - apply H, Rinv_0_lt_compat, lt_0_INR; lia. }
    exists (fun k => proj1_sig (Next k)). split; [intro k; apply (proj2_sig (Next k))|].
    intros e He. destruct (small_inverse e He) as [K HK]. exists K. intros k Hk. unfold R_dist.
    rewrite Rminus_0_r. destruct (Next k) as [n [Hn Hd]]; simpl proj1_sig.
    assert (/ INR (S k) <= / INR (S K)).
    { apply Rinv_le_contravar; [apply lt_0_INR; lia|apply le_INR; lia]. }
    lra.
  - intros [u [Hu Hcv]] e He N. destruct (Hcv e He) as [K HK]. exists (u (Nat.max K N)).
    pose proof (Hu (Nat.max K N)). specialize (HK (Nat.max K N) ltac:(lia)).
    unfold R_dist in HK. rewrite Rminus_0_r in HK. split; [lia|exact HK].
Qed.

(* ---- Continuity on [lo, hi] ---- *)

Theorem cont_on_iff f lo hi : cont_on f lo hi <->
  forall x, lo <= x <= hi -> limit1_in f (fun y => lo <= y <= hi) (f x) x.
Proof.
  unfold cont_on, limit1_in, limit_in; simpl; unfold R_dist.
  split; intros H x Hx e He; destruct (H x Hx e He) as [d [Hd Hc]]; exists d; split; auto.
  intros y [Hy Hyx]; auto.
Qed.

(* ---- Uncountable ---- *)

Example range_countable (s : nat -> R) : ~ uncountable (fun x => exists n, x = s n).
Proof. intro H. destruct (H s) as [x [[n ->] Hn]]. apply (Hn n eq_refl). Qed.

Lemma uncountable_incl (S T : R -> Prop) : (forall x, S x -> T x) -> uncountable S -> uncountable T.
Proof. intros Hincl H s. destruct (H s) as [x [Sx Hx]]. exists x; split; auto. Qed.

(* ---- Examples ---- *)

Example tent_chaotic : li_yorke_chaotic (fun x => 1 - Rabs (2 * x - 1)) 0 1.
Proof.
  set (T := fun x => 1 - Rabs (2 * x - 1)).
  assert (L : forall x, x <= / 2 -> T x = 2 * x) by (intros x Hx; unfold T; rewrite Rabs_left1; lra).
  assert (Rt : forall x, / 2 <= x -> T x = 2 - 2 * x) by (intros x Hx; unfold T; rewrite Rabs_right; lra).
  apply (li_yorke_interval T (/ 4)).
  - intros x _ e He. exists (e / 2). split; [lra|]. intros y _ Hy. unfold T.
    replace (1 - Rabs (2 * y - 1) - (1 - Rabs (2 * x - 1)))
      with (Rabs (2 * x - 1) - Rabs (2 * y - 1)) by ring.
    pose proof (Rabs_triang_inv2 (2 * x - 1) (2 * y - 1)) as Ht.
    replace (2 * x - 1 - (2 * y - 1)) with (- (2 * (y - x))) in Ht by ring.
    rewrite Rabs_Ropp, Rabs_mult, (Rabs_right 2) in Ht by lra. lra.
  - intros x Hx. destruct (Rle_lt_dec x (/ 2)) as [h|h]; [rewrite L|rewrite Rt]; lra.
  - lra.
  - left. rewrite (L (/ 4)), (L (2 * / 4)), (Rt (2 * (2 * / 4))) by lra. lra.
Qed.

Example unit_interval_uncountable : uncountable (fun x => 0 <= x <= 1).
Proof. destruct tent_chaotic as [_ (S & Sin & _ & Sunc & _)]. apply (uncountable_incl S); auto. Qed.

Example identity_no_scrambled lo hi : ~ has_scrambled (fun x => x) lo hi.
Proof.
  intros (S & _ & Hnot & Hunc & _). destruct (Hunc (fun _ => 0)) as [x [Sx _]].
  apply (Hnot x Sx). exists 1%nat. split; auto.
Qed.

Example reflection_ordered : ordered (fun x => 1 - x) 0 1 2.
Proof.
  apply order_certificate; [lia| | |intros x _ _; simpl; ring].
  - apply continuity_on. apply (cont_minus (fun _ => 1) (fun x => x)); [|apply cont_id].
    apply continuity_const; intros u v; reflexivity.
  - intros x Hx; lra.
Qed.

Example reflection_not_ordered_1 : ~ ordered (fun x => 1 - x) 0 1 1.
Proof.
  intros [_ [HP _]]. assert (L : least_period (fun x => 1 - x) 2 0).
  { split; [lia|]. split; [simpl; ring|]. intros k Hk. replace k with 1%nat by lia. simpl. lra. }
  destruct (HP 0 2%nat ltac:(lra) L) as [q Hq]. lia.
Qed.

Example doubling_ordered_line : ordered_line (fun x => 2 * x) 1.
Proof.
  apply (order_line _ 1 0 2 0 2 0); try lia; try (intros; lra).
  - apply (continuity_scal (fun x => x) 2), cont_id.
  - intros x E. simpl in *. lra.
Qed.
