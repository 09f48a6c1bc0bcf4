(* One step of the induction of Tracking.v: if all elements over which J doubles have at most C 3^n separated
   points, so does J, with another constant.

   The pieces of J are followed; [follow_one] makes one step with one piece, [follow_all] with all pieces, and
   [unknown_once] bounds how many of them are full elements. *)

From Coq Require Import Reals Lra Lia List Permutation.
From Certify Require Import Dynamics Iterates Continuity Compactness Covering Parts Entropy Tracking.
Import ListNotations.
Local Open Scope R_scope.

Lemma chain_filter {A} (keep : R * R * A -> bool) L : forall a b, chain a L b -> chain a (filter keep L) b.
Proof.
  induction L as [|e L IH]; simpl; intros a b H; [exact H|]. destruct H as (H1 & H2 & H3). apply IH in H3.
  destruct (keep e); simpl; [auto|]. apply (chain_start _ (right e)); [lra|exact H3].
Qed.

(* Parts that carry themselves as labels. *)
Definition self_labelled (T : piece) : R * R * piece := (left T, right T, T).

Lemma chain_self_labelled L : forall a b, chain a L b -> chain a (map self_labelled L) b.
Proof. induction L as [|T L IH]; simpl; intros a b H; [exact H|]. destruct H as (H1 & H2 & H3). auto. Qed.

Lemma labels_self_labelled L : map label (map self_labelled L) = L.
Proof. rewrite map_map. apply map_id. Qed.

Section Follow.
Variables (g : R -> R) (lo hi eps : R) (c : nat -> R) (r : nat).
Hypothesis Hg : continuity g.
Hypothesis Hrange : forall x, lo <= g x <= hi.
Hypothesis Hr : (0 < r)%nat.
Hypothesis Hc : forall j, (j < r)%nat -> c j < c (S j) /\ c (S j) - c j <= eps.
Hypothesis Hlo : c 0%nat = lo.
Hypothesis Hhi : c r = hi.

(* Some iterate maps two parts of J over K. *)
Definition doubles (J K : nat) : Prop :=
  exists n, (0 < n)%nat /\ double (iter n g) (c J) (c (S J)) (c K) (c (S K)).

Definition bounded (K C : nat) : Prop := forall n, few g n eps (c K) (c (S K)) (C * 3 ^ n).

(* ---- Following the pieces of one element ---- *)

Variables (J C : nat) (known : nat -> bool).
Hypothesis HJ : (J < r)%nat.
Hypothesis Hknown : forall K, (K < r)%nat -> if known K then bounded K C else ~ doubles J K.

(* The pieces that are followed: all but the known elements. *)
Definition open_piece (T : piece) : bool := match label T with Some K => negb (known K) | None => true end.

(* A part of J that g^m maps over the piece in its label. *)
Definition tracked (m : nat) (e : R * R * piece) : Prop :=
  onto_ends (iter m g) (left e) (right e) (left (label e)) (right (label e)) /\
  proper c r eps (label e) /\ open_piece (label e) = true.

Lemma add_known n L N : Forall (proper c r eps) L -> few_sum g eps n (filter open_piece L) N ->
  exists M, few_sum g eps n L M /\ (M <= N + count is_full L * (C * 3 ^ n))%nat.
Proof.
  intro HL. revert N. induction HL as [|T L HT HL IH]; intros N HN.
  - exists N. split; [exact HN|]. lia.
  - simpl in HN. unfold count. simpl. destruct (open_piece T) eqn:Hopen.
    + inversion HN as [|? k ? N' Hk HN']; subst. destruct (IH N' HN') as (M & HM & Hle). exists (k + M)%nat.
      split; [constructor; assumption|]. unfold count in Hle. destruct (is_full T); simpl; lia.
    + destruct (IH N HN) as (M & HM & Hle). exists (C * 3 ^ n + M)%nat.
      destruct HT as (_ & _ & HT). unfold open_piece in Hopen.
      destruct (label T) as [K|] eqn:Elab; [|discriminate].
      replace (is_full T) with true by (unfold is_full; rewrite Elab; reflexivity).
      destruct HT as (HK & El & Er). specialize (Hknown K HK). destruct (known K); [|discriminate].
      split; [constructor; [rewrite El, Er; apply Hknown|exact HM]|]. unfold count in Hle. simpl. lia.
Qed.

Lemma follow_one m e : left e <= right e -> tracked m e -> exists W, chain (left e) W (right e) /\
  (forall e', In e' W -> tracked (S m) e') /\ (count (fun T => negb (is_full T)) (map label W) <= 2)%nat /\
  forall n N, few_sum g eps n (map label W) N ->
    exists M, few g (S n) eps (left (label e)) (right (label e)) M /\ (M <= N + r * (C * 3 ^ n))%nat.
Proof.
  intros He (Hon & (Hle & Hlen & _) & _). set (u := left (label e)) in *. set (v := right (label e)) in *.
  (* the image of the piece *)
  destruct (least_value g u v lo Hg Hle (fun x => proj1 (Hrange x))) as (x & Hxin & Hx).
  destruct (greatest_value g u v hi Hg Hle (fun x => proj2 (Hrange x))) as (y & Hyin & Hy).
  set (s := g x) in *. set (t := g y) in *. assert (Hst : s <= t) by (apply Hx, Hyin).
  destruct (cut_interval c r eps Hr Hc s t) as (L & Hne & Htiled & Hproper & Hboundary & Hfull).
  { rewrite Hlo. apply Hrange. }
  { exact Hst. }
  { rewrite Hhi. apply Hrange. }
  (* a part of e that g^(m+1) maps over it *)
  pose proof (onto_ends_surj (iter m g) (left e) (right e) u v (iter_cont g m Hg) He Hon) as Hcov.
  destruct (Hcov x Hxin) as (x' & Hx' & Ex). destruct (Hcov y Hyin) as (y' & Hy' & Ey).
  destruct (exact_sub (iter (S m) g) (left e) (right e) x' y' s t) as (p & q & Hp & Hpq & Hq & Hends & _);
    auto.
  { apply iter_cont, Hg. }
  { simpl. rewrite Ex. reflexivity. }
  { simpl. rewrite Ey. reflexivity. }
  (* the open pieces of the image, lifted *)
  pose proof (chain_self_labelled _ _ _ (chain_filter open_piece _ _ _ (tiled_chain _ _ _ Htiled))) as Hchain.
  destruct (pull_back (iter (S m) g) _ p q s t (iter_cont g (S m) Hg) Hpq Hends Hchain)
    as (W & HW & Perm & Hlifts).
  rewrite labels_self_labelled in Perm.
  exists W. split; [apply (chain_start _ p); [lra|]; apply (chain_end _ _ q); assumption|]. split; [|split].
  - intros e' He'. destruct (Hlifts e' He') as (e0 & He0 & Elab & [Hon' _]).
    apply in_map_iff in He0 as (T & <- & HT). apply filter_In in HT as [HT Hopen].
    unfold self_labelled, label, left, right in Elab, Hon'. simpl in Elab, Hon'.
    rewrite Forall_forall in Hproper. unfold tracked. unfold label in *. rewrite Elab.
    split; [exact Hon'|]. split; [apply Hproper, HT|exact Hopen].
  - rewrite (count_permutation _ _ _ Perm). apply (Nat.le_trans _ (count (fun T => negb (is_full T)) L));
      [|exact Hboundary].
    clear. unfold count. induction L as [|T L IH]; simpl; [lia|].
    destruct (open_piece T); simpl; destruct (negb (is_full T)); simpl; lia.
  - intros n N HN. destruct (add_known n L N Hproper (few_sum_permutation g eps n _ _ N Perm HN))
      as (M & HM & HMle).
    exists M. split; [|nia]. apply (few_later g 1 n eps u v s t).
    + intros z w i Hz Hw Hi. replace i with 0%nat by lia. apply Rabs_le. simpl. lra.
    + intros z Hz. split; [apply Hx, Hz|apply Hy, Hz].
    + apply (few_tiled g eps n L); assumption.
Qed.

Lemma follow_all m W : forall a b, chain a W b -> (forall e, In e W -> tracked m e) -> exists W',
  chain a W' b /\ (forall e, In e W' -> tracked (S m) e) /\
  (count (fun T => negb (is_full T)) (map label W') <= 2 * length W)%nat /\
  forall n N, few_sum g eps n (map label W') N ->
    exists M, few_sum g eps (S n) (map label W) M /\ (M <= N + length W * (r * (C * 3 ^ n)))%nat.
Proof.
  induction W as [|e W IH]; intros a b HW Htracked.
  - exists []. split; [exact HW|]. split; [intros e []|]. split; [unfold count; simpl; lia|].
    intros n N HN. inversion HN; subst. exists 0%nat. split; [constructor|lia].
  - destruct HW as (H1 & H2 & H3).
    destruct (follow_one m e H2 (Htracked e (or_introl eq_refl))) as (W1 & HW1 & Ht1 & Hb1 & Hf1).
    destruct (IH (right e) b H3) as (W2 & HW2 & Ht2 & Hb2 & Hf2); [intros; apply Htracked; simpl; auto|].
    exists (W1 ++ W2). split; [|split; [|split]].
    + apply (chain_app _ _ _ (right e)); [|exact HW2]. apply (chain_start _ (left e)); assumption.
    + intros e' He'. apply in_app_or in He'. destruct He'; auto.
    + rewrite map_app, count_app. simpl. lia.
    + intros n N HN. rewrite map_app in HN. destruct (few_sum_app g eps n _ _ N HN)
        as (N1 & N2 & HN1 & HN2 & ->).
      destruct (Hf1 n N1 HN1) as (M1 & HM1 & Hle1). destruct (Hf2 n N2 HN2) as (M2 & HM2 & Hle2).
      exists (M1 + M2)%nat. split; [constructor; assumption|]. simpl. lia.
Qed.

(* At each time a piece of J is a given unknown element at most once. *)
Lemma unknown_once m W : (0 < m)%nat -> chain (c J) W (c (S J)) -> (forall e, In e W -> tracked m e) ->
  (count is_full (map label W) <= r)%nat.
Proof.
  intros Hm HW Htracked. rewrite <- fulls_length. rewrite <- (seq_length r 0).
  assert (Hfull : forall e K, In e W -> label (label e) = Some K -> (K < r)%nat /\ known K = false /\
    onto_ends (iter m g) (left e) (right e) (c K) (c (S K))).
  { intros e K He HK. destruct (Htracked e He) as (Hon & (_ & _ & Hp) & Hopen). unfold open_piece in Hopen.
    rewrite HK in Hp, Hopen. destruct Hp as (HKr & El & Er). rewrite El, Er in Hon.
    split; [exact HKr|]. split; [|exact Hon]. destruct (known K); [discriminate|reflexivity]. }
  assert (Hin : forall (L : list (R * R * piece)) K, In K (fulls (map label L)) ->
    exists e, In e L /\ label (label e) = Some K).
  { intros L K HK. apply in_flat_map in HK as (T & HT & HK). apply in_map_iff in HT as (e & <- & He).
    exists e. split; [exact He|]. destruct (label (label e)) as [K'|]; [|destruct HK].
    destruct HK as [->|[]]. reflexivity. }
  assert (Hnodup : forall (L : list (R * R * piece)) a, c J <= a -> chain a L (c (S J)) -> incl L W ->
    NoDup (fulls (map label L))).
  { induction L as [|e L IH]; intros a Ha HL Hincl; simpl; [constructor|]. destruct HL as (H1 & H2 & H3).
    assert (IH' : NoDup (fulls (map label L))).
    { apply (IH (right e)); [lra|exact H3|]. intros e' He'. apply Hincl. simpl; auto. }
    destruct (label (label e)) as [K|] eqn:HK; [|exact IH']. simpl. constructor; [|exact IH'].
    intro HK'. apply Hin in HK' as (e' & He' & HK'). destruct (chain_in _ _ _ e' H3 He') as (H4 & H5 & H6).
    destruct (Hfull e K (Hincl e (or_introl eq_refl)) HK) as (HKr & Hunknown & Hon).
    destruct (Hfull e' K (Hincl e' (or_intror He')) HK') as (_ & _ & Hon').
    specialize (Hknown K HKr). rewrite Hunknown in Hknown. apply Hknown. exists m. split; [exact Hm|].
    exists (left e), (right e), (left e'), (right e'). do 5 (split; [lra|]). auto. }
  apply NoDup_incl_length.
  - apply (Hnodup W (c J)); [lra|exact HW|apply incl_refl].
  - intros K HK. apply Hin in HK as (e & He & HK). apply in_seq. destruct (Hfull e K He HK). lia.
Qed.

Lemma follow n : forall m W, chain (c J) W (c (S J)) -> (forall e, In e W -> tracked m e) ->
  exists N, few_sum g eps n (map label W) N /\ (N <= (length W + r) * ((1 + r * C) * 3 ^ n))%nat.
Proof.
  induction n as [|n IH]; intros m W HW Htracked.
  - exists (length W). split; [|simpl; nia]. clear. induction W as [|e W IH]; simpl; [constructor|].
    change (S (length W)) with (1 + length W)%nat. constructor; [|exact IH]. apply few_unit.
    intros x y _ _ (k & Hk & _). lia.
  - destruct (follow_all m W (c J) (c (S J)) HW Htracked) as (W' & HW' & Ht' & Hb' & Hf').
    pose proof (unknown_once (S m) W' (Nat.lt_0_succ m) HW' Ht') as Hfull.
    assert (Hlen : (length W' <= 2 * length W + r)%nat).
    { rewrite <- (map_length label), (count_split is_full). lia. }
    destruct (IH (S m) W' HW' Ht') as (N & HN & HNle). destruct (Hf' n N HN) as (M & HM & HMle).
    exists M. split; [exact HM|]. rewrite Nat.pow_succ_r'. set (P := (3 ^ n)%nat) in *.
    apply (Nat.le_trans _ ((2 * length W + 2 * r) * ((1 + r * C) * P) + length W * ((1 + r * C) * P))); nia.
Qed.

Theorem bounded_next : exists C', bounded J C'.
Proof.
  exists ((1 + r) * (1 + r * C))%nat. intros n. pose (T := ((c J, c (S J)), None) : piece).
  destruct (Hc J HJ) as [Hlt Hlen].
  destruct (follow n 0 [(c J, c (S J), T)]) as (N & HN & HNle).
  - simpl. unfold left, right; simpl. lra.
  - intros e [<-|[]]. split; [left; auto|]. split; [|reflexivity].
    unfold proper, T, label, left, right; simpl. repeat split; lra.
  - simpl in HN. inversion HN as [|? k ? M Hk HM]; subst. inversion HM; subst.
    intros E HE Hsep. specialize (Hk E HE Hsep). simpl length in HNle. nia.
Qed.
End Follow.
