(* A map without horseshoes has few separated points: at most C 3^n for each eps (after Misiurewicz 1979).

   [lo, hi] is cut into r elements no longer than eps, so that points of one element are not apart at time 0.
   The image of a piece inside an element is an interval: it is cut again into full elements, each of which
   it covers, and at most two other pieces at its ends. A piece that starts as element J is followed in this
   way, and lifted back to J, until it covers an element K that is known to have at most C 3^n separated
   points. Say that J doubles over K if two parts of J are mapped over K by the same iterate. If J does not
   double over K, pieces that start in J become K at most once at each time. So the pieces that are followed
   for m steps are at most 2^m (1 + r), and together with the known elements that were left on the way they
   have at most C' 3^n separated points. Doubling is transitive, and irreflexive where no iterate has a
   horseshoe; so by induction all elements are known. *)

From Coq Require Import Reals Lra Lia List Permutation.
From Certify Require Import Dynamics Iterates Continuity Covering Turbulence Parts Entropy.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Two parts over one interval ---- *)

(* Two parts of [a, b] that g maps, end to end, over [c, d]. *)
Definition double (g : R -> R) (a b c d : R) : Prop := exists p q p' q',
  a <= p /\ p <= q /\ q <= p' /\ p' <= q' /\ q' <= b /\ onto_ends g p q c d /\ onto_ends g p' q' c d.

Lemma double_turb g lo hi a b : lo <= a -> a < b -> b <= hi -> double g a b a b -> turb g lo hi.
Proof.
  intros Hlo Hab Hhi (p & q & p' & q' & Hp & Hpq & Hqp & Hpq' & Hq & Hfirst & Hsecond).
  assert (Hne : forall u w, u <= w -> g u <> g w -> u < w).
  { intros u w Huw Hg. destruct (Req_dec u w) as [->|]; [congruence|lra]. }
  assert (Hpq1 : p < q) by (apply Hne; [exact Hpq|]; destruct Hfirst; lra).
  assert (Hpq1' : p' < q') by (apply Hne; [exact Hpq'|]; destruct Hsecond; lra).
  destruct Hfirst as [[E1 E2]|[E1 E2]], Hsecond as [[E3 E4]|[E3 E4]].
  - right. exists q, p', q'. assert (q < p') by (apply Hne; lra). lra.
  - left. exists p, q, q'. lra.
  - right. exists p, q, q'. lra.
  - right. exists p, q, p'. assert (q < p') by (apply Hne; lra). lra.
Qed.

Lemma double_trans g h a b c d u w : continuity g -> c <= d -> double g a b c d -> double h c d u w ->
  double (fun x => h (g x)) a b u w.
Proof.
  intros Hg Hcd (p & q & p' & q' & Hp & Hpq & Hqp & Hpq' & Hq & Hfirst & _).
  intros (r & s & r' & s' & Hr & Hrs & Hsr & Hrs' & Hs & Hthird & Hfourth).
  destruct (pull_back g [(r, s, tt); (r', s', tt)] p q c d Hg Hpq Hfirst) as (L & HL & Perm & Hlifts).
  { simpl. unfold left, right; simpl. lra. }
  pose proof (Permutation_length Perm) as Hlen. rewrite !map_length in Hlen.
  destruct L as [|e1 [|e2 [|e3 L]]]; simpl in Hlen; try discriminate.
  destruct HL as (H1 & H2 & H3 & H4 & H5).
  assert (Honto : forall e, In e [e1; e2] -> onto_ends (fun x => h (g x)) (left e) (right e) u w).
  { intros e He. destruct (Hlifts e He) as (e0 & He0 & _ & [Hon _]).
    assert (Hh : onto_ends h (left e0) (right e0) u w) by (destruct He0 as [<-|[<-|[]]]; assumption).
    destruct Hon as [[Ea Eb]|[Ea Eb]]; unfold onto_ends; rewrite Ea, Eb; destruct Hh as [[H6 H7]|[H6 H7]];
      auto. }
  exists (left e1), (right e1), (left e2), (right e2).
  simpl in H5. do 5 (split; [lra|]). split; apply Honto; simpl; auto.
Qed.

(* ---- Pieces ---- *)

(* An interval; the label is [Some K] if it is the whole element K. *)
Definition piece := (R * R * option nat)%type.

Definition is_full (T : piece) : bool := match label T with Some _ => true | None => false end.
Definition fulls (L : list piece) : list nat :=
  flat_map (fun T => match label T with Some K => [K] | None => [] end) L.
Definition count (keep : piece -> bool) (L : list piece) : nat := length (filter keep L).

Lemma fulls_length L : length (fulls L) = count is_full L.
Proof.
  induction L as [|T L IH]; simpl; [reflexivity|]. unfold count, is_full in *. simpl.
  destruct (label T); simpl; auto.
Qed.

Lemma count_app keep L L' : count keep (L ++ L') = (count keep L + count keep L')%nat.
Proof.
  induction L as [|T L IH]; unfold count in *; simpl; [reflexivity|]. destruct (keep T); simpl; auto.
Qed.

Lemma count_split keep L : length L = (count keep L + count (fun T => negb (keep T)) L)%nat.
Proof. induction L as [|T L IH]; unfold count in *; simpl; [reflexivity|]. destruct (keep T); simpl; lia. Qed.

Lemma count_permutation keep L L' : Permutation L L' -> count keep L = count keep L'.
Proof.
  unfold count. induction 1; simpl; auto.
  - destruct (keep x); simpl; auto.
  - destruct (keep x), (keep y); simpl; auto.
  - congruence.
Qed.

(* ---- Sums of numbers of separated points ---- *)

Section Few.
Variables (g : R -> R) (eps : R).

(* Together the pieces have at most N points that are (n, eps)-separated. *)
Inductive few_sum (n : nat) : list piece -> nat -> Prop :=
| few_nil : few_sum n [] 0
| few_cons T k L N : few g n eps (left T) (right T) k -> few_sum n L N -> few_sum n (T :: L) (k + N).

Lemma few_sum_permutation n L L' N : Permutation L L' -> few_sum n L N -> few_sum n L' N.
Proof.
  intro H. revert N. induction H as [|T L L' _ IH|T T' L|L L' L'' _ IH1 _ IH2]; intros N HN; auto.
  - inversion HN; subst. constructor; auto.
  - inversion HN as [|? k ? M H1 HM]; subst. inversion HM as [|? k' ? M' H2 HM']; subst.
    replace (k + (k' + M'))%nat with (k' + (k + M'))%nat by lia. repeat constructor; assumption.
Qed.

Lemma few_sum_app n L L' N : few_sum n (L ++ L') N -> exists M M', few_sum n L M /\ few_sum n L' M' /\
  N = (M + M')%nat.
Proof.
  revert N. induction L as [|T L IH]; simpl; intros N HN.
  - exists 0%nat, N. split; [constructor|auto].
  - inversion HN as [|? k ? M0 H1 HM]; subst. destruct (IH M0 HM) as (M & M' & HM1 & HM2 & ->).
    exists (k + M)%nat, M'. split; [constructor; assumption|]. split; [assumption|lia].
Qed.

(* Tiles of an interval: the numbers add up. *)
Lemma few_tiled n L : forall s t N, L <> [] -> tiled s L t -> few_sum n L N -> few g n eps s t N.
Proof.
  induction L as [|T L IH]; intros s t N Hne Htiled HN; [congruence|].
  inversion HN as [|? k ? M Hk HM]; subst. destruct Htiled as (<- & Hle & Hrest).
  destruct L as [|T' L].
  - inversion HM; subst. simpl in Hrest. subst t. rewrite Nat.add_0_r. exact Hk.
  - apply (few_split _ _ _ _ (right T)); [exact Hk|]. apply IH; [congruence|exact Hrest|exact HM].
Qed.
End Few.

(* ---- The elements of [lo, hi] ---- *)

Section Elements.
Variables (c : nat -> R) (r : nat) (eps : R).
Hypothesis Hr : (0 < r)%nat.
Hypothesis Hc : forall j, (j < r)%nat -> c j < c (S j) /\ c (S j) - c j <= eps.

Definition proper (T : piece) : Prop :=
  left T <= right T /\ right T - left T <= eps /\
  match label T with Some K => (K < r)%nat /\ left T = c K /\ right T = c (S K) | None => True end.

Lemma element_le i j : (i <= j)%nat -> (j <= r)%nat -> c i <= c j.
Proof.
  induction 1 as [|j Hij IH]; intro Hjr; [lra|]. destruct (Hc j); [lia|]. specialize (IH ltac:(lia)).
  lra.
Qed.

Lemma element_of t : c 0 <= t <= c r -> exists j, (j < r)%nat /\ c j <= t <= c (S j).
Proof.
  assert (H : forall k, (k <= r)%nat -> (0 < k)%nat -> c 0 <= t <= c k -> exists j, (j < k)%nat /\
    c j <= t <= c (S j)).
  { induction k as [|k IH]; intros Hk Hpos Ht; [lia|]. destruct (Rle_lt_dec (c k) t) as [Hle|Hlt].
    - exists k. split; [lia|lra].
    - destruct k as [|k]; [lra|]. destruct IH as (j & Hj & Htj); [lia|lia|lra|]. exists j.
      split; [lia|exact Htj]. }
  intro Ht. apply H; auto.
Qed.

(* An interval is cut into full elements and at most two other pieces. *)
Lemma cut_up_to s j : (j <= r)%nat -> c 0 <= s <= c j -> exists L, L <> [] /\ tiled s L (c j) /\
  Forall proper L /\
  (count (fun T => negb (is_full T)) L <= 1)%nat /\ (count is_full L <= j)%nat.
Proof.
  induction j as [|j IH]; intros Hj Hs.
  - exists [(s, s, None)]. split; [congruence|].
    split; [simpl; unfold left, right; simpl; lra|]. split; [|auto]. constructor; [|constructor].
    unfold proper, left, right, label; simpl.
    destruct (Hc 0%nat Hr). repeat split; lra.
  - destruct (Hc j ltac:(lia)) as [Hlt Hlen]. destruct (Rle_lt_dec s (c j)) as [Hle|Hgt].
    + destruct IH as (L & Hne & Htiled & Hproper & Hboundary & Hfull); [lia|lra|].
      exists (L ++ [(c j, c (S j), Some j)]). rewrite !count_app. split; [destruct L; simpl; congruence|].
      split; [|split; [|unfold count at 2 4; simpl; lia]].
      * apply (tiled_app _ _ _ (c j)); [exact Htiled|]. simpl. unfold left, right. simpl. lra.
      * apply Forall_app. split; [exact Hproper|]. constructor; [|constructor].
        unfold proper, left, right, label; simpl. repeat split; auto; lra.
    + exists [(s, c (S j), None)]. split; [congruence|].
      split; [simpl; unfold left, right; simpl; lra|]. split; [|unfold count; simpl; lia].
      constructor; [|constructor].
      unfold proper, left, right, label; simpl. repeat split; lra.
Qed.

Lemma cut_interval s t : c 0 <= s -> s <= t -> t <= c r -> exists L, L <> [] /\ tiled s L t /\
  Forall proper L /\
  (count (fun T => negb (is_full T)) L <= 2)%nat /\ (count is_full L <= r)%nat.
Proof.
  intros Hs Hst Ht. destruct (element_of t) as (j & Hj & Htj); [lra|]. destruct (Hc j Hj) as [Hlt Hlen].
  destruct (Rle_lt_dec s (c j)) as [Hle|Hgt].
  - destruct (cut_up_to s j) as (L & Hne & Htiled & Hproper & Hboundary & Hfull); [lia|lra|].
    exists (L ++ [(c j, t, None)]). rewrite !count_app. split; [destruct L; simpl; congruence|].
    split; [|split; [|unfold count at 2 4; simpl; lia]].
    + apply (tiled_app _ _ _ (c j)); [exact Htiled|]. simpl. unfold left, right. simpl. lra.
    + apply Forall_app. split; [exact Hproper|]. constructor; [|constructor].
      unfold proper, left, right, label; simpl. repeat split; auto; lra.
  - exists [(s, t, None)]. split; [congruence|].
    split; [simpl; unfold left, right; simpl; lra|].
    split; [|unfold count; simpl; lia]. constructor; [|constructor].
    unfold proper, left, right, label; simpl. repeat split; auto; lra.
Qed.
End Elements.
