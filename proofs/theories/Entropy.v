(* Topological entropy of a map of an interval, after Bowen (Trans. AMS 153, 1971), by separated sets.

   With s(n, eps) the largest number of points that are pairwise (n, eps)-separated,
       h(f) = lim_(eps -> 0) limsup_n (1/n) ln s(n, eps)      (a supremum: s grows as eps falls).
   So h(f) >= ln lam says: for each mu < lam there is an eps with s(n, eps) >= mu^n for arbitrarily large n.
   Where f does not map [lo, hi] into itself the points are those whose whole orbit stays there: this is the
   entropy of f on the largest invariant set in [lo, hi], and serves maps of the line.

   Proved here: how a bound passes to iterates, and h(f) <= ln L for a Lipschitz constant L >= 1. *)

From Coq Require Import Reals Lra Lia ZArith List.
From Certify Require Import Dynamics Iterates Continuity.
Import ListNotations.
Local Open Scope R_scope.

(* ---- The definition ---- *)

(* Within the first n points of their orbits x and y are once more than eps apart. *)
Definition apart (f : R -> R) (n : nat) (eps x y : R) : Prop :=
  exists k, (k < n)%nat /\ eps < Rabs (iter k f x - iter k f y).

Definition stays (f : R -> R) (lo hi x : R) : Prop := forall k, lo <= iter k f x <= hi.

(* An (n, eps)-separated list of points. *)
Definition separated (f : R -> R) (lo hi : R) (n : nat) (eps : R) (E : list R) : Prop :=
  (forall x, In x E -> stays f lo hi x) /\ ForallOrdPairs (apart f n eps) E.

(* h(f) >= ln lam *)
Definition entropy_ge_ln (f : R -> R) (lo hi lam : R) : Prop :=
  forall mu, 0 < mu < lam -> exists eps, 0 < eps /\
    forall N, exists n E, (N <= n)%nat /\ separated f lo hi n eps E /\ mu ^ n <= INR (length E).

(* h(f) <= ln mu *)
Definition entropy_le_ln (f : R -> R) (lo hi mu : R) : Prop := forall lam, entropy_ge_ln f lo hi lam ->
  lam <= mu.

Definition positive_entropy (f : R -> R) (lo hi : R) : Prop :=
  exists lam, 1 < lam /\ entropy_ge_ln f lo hi lam.

(* ---- First properties ---- *)

Lemma entropy_weaken f lo hi lam lam' :
  lam' <= lam -> entropy_ge_ln f lo hi lam -> entropy_ge_ln f lo hi lam'.
Proof. intros Hle H mu Hmu. apply H. lra. Qed.

(* A bound that holds below lam holds for lam. *)
Lemma entropy_sup f lo hi lam : (forall mu, 0 < mu < lam -> entropy_ge_ln f lo hi mu) ->
  entropy_ge_ln f lo hi lam.
Proof. intros H mu Hmu. apply (H ((mu + lam) / 2)); lra. Qed.

Lemma pairs_impl (P Q : R -> R -> Prop) (E : list R) :
  (forall x y, In x E -> In y E -> P x y -> Q x y) -> ForallOrdPairs P E -> ForallOrdPairs Q E.
Proof.
  intros H HP. induction HP as [|x E Hx HE IH]; constructor.
  - rewrite Forall_forall in Hx |- *. intros y Hy. apply H; simpl; auto.
  - apply IH. intros; apply H; simpl; auto.
Qed.

Lemma selfmap_stays f lo hi x : selfmap f lo hi -> lo <= x <= hi -> stays f lo hi x.
Proof. intros Hself Hx k. apply selfmap_iter; assumption. Qed.

(* Only the values on [lo, hi] matter. *)
Lemma entropy_agree f g lo hi lam : selfmap f lo hi -> (forall x, lo <= x <= hi -> g x = f x) ->
  entropy_ge_ln f lo hi lam -> entropy_ge_ln g lo hi lam.
Proof.
  intros Hself Heq H. pose proof (iter_agree f g lo hi Hself Heq) as Horbit.
  intros mu Hmu. destruct (H mu Hmu) as (eps & Heps & HN). exists eps. split; [exact Heps|]. intro N.
  destruct (HN N) as (n & E & Hn & [Hr Hs] & Hlen). exists n, E. split; [exact Hn|].
  split; [split|exact Hlen].
  - intros x Hx i. rewrite Horbit by apply (Hr x Hx 0%nat). apply Hr, Hx.
  - apply (pairs_impl (apart f n eps)); [|exact Hs]. intros x y Hx Hy (i & Hi & Hd). exists i.
    rewrite !Horbit by (apply (Hr _ Hx 0%nat) || apply (Hr _ Hy 0%nat)). auto.
Qed.

(* f on [lo, hi] may be replaced by a map that is continuous on the line. *)
Lemma entropy_ext f lo hi lam : selfmap f lo hi -> entropy_ge_ln (ext f lo hi) lo hi lam ->
  entropy_ge_ln f lo hi lam.
Proof.
  intros Hself. apply entropy_agree.
  - intros x Hx. rewrite ext_id by exact Hx. apply Hself, Hx.
  - intros x Hx. rewrite ext_id by exact Hx. reflexivity.
Qed.

Lemma power_lt mu lam k : 0 < mu < lam -> (0 < k)%nat -> mu ^ k < lam ^ k.
Proof.
  intros Hmu Hk. destruct k as [|k]; [lia|]. clear Hk. induction k as [|k IH]; [simpl; lra|].
  change (mu * mu ^ S k < lam * lam ^ S k).
  apply Rmult_le_0_lt_compat; [lra|apply pow_le; lra|lra|exact IH].
Qed.

(* h(f^k) >= k ln lam gives h(f) >= ln lam, if the steps between stay in an interval. *)
Lemma entropy_iter f k lo hi lo' hi' lam : (0 < k)%nat ->
  (forall x i, lo <= x <= hi -> (i < k)%nat -> lo' <= iter i f x <= hi') ->
  entropy_ge_ln (iter k f) lo hi (lam ^ k) -> entropy_ge_ln f lo' hi' lam.
Proof.
  intros Hk Hbetween H mu Hmu.
  destruct (H (mu ^ k)) as (eps & Heps & HN).
  { split; [apply pow_lt|apply power_lt]; lra || assumption. }
  exists eps. split; [exact Heps|]. intro N.
  destruct (HN N) as (n & E & Hn & [Hr Hs] & Hlen). exists (n * k)%nat, E.
  split; [nia|]. split; [split|].
  - intros x Hx i. specialize (Hr x Hx (i / k)%nat). rewrite iter_iter in Hr.
    rewrite (Nat.div_mod i k), Nat.add_comm, iter_add, Nat.mul_comm by lia.
    apply Hbetween; [exact Hr|]. apply Nat.mod_upper_bound. lia.
  - apply (pairs_impl (apart (iter k f) n eps)); [|exact Hs]. intros x y _ _ (i & Hi & Hd).
    exists (i * k)%nat. rewrite <- !iter_iter. split; [nia|exact Hd].
  - rewrite Nat.mul_comm, pow_mult. exact Hlen.
Qed.

Corollary entropy_iter_selfmap f k lo hi lam : (0 < k)%nat -> selfmap f lo hi ->
  entropy_ge_ln (iter k f) lo hi (lam ^ k) -> entropy_ge_ln f lo hi lam.
Proof.
  intros Hk Hself. apply entropy_iter; [exact Hk|]. intros x i Hx _. apply selfmap_stays; assumption.
Qed.

(* ---- Constants do not matter ---- *)

Lemma nat_above (x : R) : exists n, x < INR n.
Proof.
  exists (Z.to_nat (Int_part x + 1)). destruct (base_Int_part x) as [_ Hx].
  apply (Rlt_le_trans _ (IZR (Int_part x + 1))); [rewrite plus_IZR; lra|].
  rewrite INR_IZR_INZ. apply IZR_le. lia.
Qed.

(* lam^n outgrows mu^n by any factor. *)
Lemma power_outgrows mu lam C : 0 < mu < lam -> exists N, forall n, (N <= n)%nat -> C * mu ^ n < lam ^ n.
Proof.
  intros Hmu. set (q := lam / mu).
  assert (Hlam : lam = q * mu) by (unfold q; field; lra).
  assert (Hq : 0 < q - 1) by nra.
  destruct (nat_above (C / (q - 1))) as [N HN]. exists N. intros n Hn. apply le_INR in Hn.
  apply (Rmult_lt_compat_r (q - 1)) in HN; [|exact Hq]. unfold Rdiv in HN.
  rewrite Rmult_assoc, Rinv_l in HN by lra.
  pose proof (poly n (q - 1) Hq) as Hpoly. replace (1 + (q - 1)) with q in Hpoly by ring.
  rewrite Hlam, Rpow_mult_distr. apply Rmult_lt_compat_r; [apply pow_lt; lra|]. nra.
Qed.

(* Exponentially many separated points, up to a constant, for one eps and the multiples n of one k. *)
Lemma entropy_of_growth f lo hi lam k eps c : (0 < k)%nat -> 0 < eps -> 0 < c ->
  (forall t, exists E, separated f lo hi (t * k) eps E /\ c * lam ^ (t * k) <= INR (length E)) ->
  entropy_ge_ln f lo hi lam.
Proof.
  intros Hk Heps Hc Ht mu Hmu. exists eps. split; [exact Heps|]. intro N.
  destruct (power_outgrows mu lam (/ c) Hmu) as [M HM].
  destruct (Ht (N + M)%nat) as (E & HE & Hlen). exists ((N + M) * k)%nat, E. split; [nia|].
  split; [exact HE|].
  specialize (HM ((N + M) * k)%nat ltac:(nia)). apply (Rmult_lt_compat_l c) in HM; [|exact Hc].
  rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in HM by lra. lra.
Qed.

(* ---- Bounds from above ---- *)

(* For some eps the (n, eps)-separated lists of a map of entropy ln lam outgrow all C mu^n, mu < lam. *)
Lemma entropy_outgrows f lo hi mu lam : 0 < mu < lam -> entropy_ge_ln f lo hi lam -> exists eps, 0 < eps /\
  forall C, exists n E, separated f lo hi n eps E /\ C * mu ^ n < INR (length E).
Proof.
  intros Hmu Hge. destruct (Hge ((mu + lam) / 2)) as (eps & Heps & HN); [lra|].
  exists eps. split; [exact Heps|]. intro C.
  destruct (power_outgrows mu ((mu + lam) / 2) C) as [N HC]; [lra|].
  destruct (HN N) as (n & E & Hn & HE & Hlen). exists n, E. split; [exact HE|]. specialize (HC n Hn). lra.
Qed.

Corollary entropy_le f lo hi mu : 0 < mu ->
  (forall eps, 0 < eps -> exists C, forall n E, separated f lo hi n eps E -> INR (length E) <= C * mu ^ n) ->
  entropy_le_ln f lo hi mu.
Proof.
  intros Hmu Hup lam Hge. destruct (Rle_lt_dec lam mu) as [|Hlt]; [assumption|exfalso].
  destruct (entropy_outgrows f lo hi mu lam (conj Hmu Hlt) Hge) as (eps & Heps & Hout).
  destruct (Hup eps Heps) as [C HC].
  destruct (Hout C) as (n & E & HE & Hlen). specialize (HC n E HE). lra.
Qed.

(* At most k points of [u, v] are pairwise (n, eps)-separated. *)
Definition few (f : R -> R) (n : nat) (eps u v : R) (k : nat) : Prop :=
  forall E, (forall x, In x E -> u <= x <= v) -> ForallOrdPairs (apart f n eps) E -> (length E <= k)%nat.

Lemma pairs_filter (P : R -> R -> Prop) (p : R -> bool) E :
  ForallOrdPairs P E -> ForallOrdPairs P (filter p E).
Proof.
  induction 1 as [|x E Hx HE IH]; simpl; [constructor|]. destruct (p x); [|exact IH].
  constructor; [|exact IH]. rewrite Forall_forall in Hx |- *. intros y Hy. apply filter_In in Hy.
  apply Hx, Hy.
Qed.

Lemma length_filter (p : R -> bool) E :
  length E = (length (filter p E) + length (filter (fun x => negb (p x)) E))%nat.
Proof. induction E as [|x E IH]; simpl; [reflexivity|]. destruct (p x); simpl; lia. Qed.

Lemma few_split f n eps u c v k l : few f n eps u c k -> few f n eps c v l -> few f n eps u v (k + l).
Proof.
  intros Hk Hl E Hr Hs. pose (before := fun x => if Rle_dec x c then true else false).
  rewrite (length_filter before E). apply Nat.add_le_mono; [apply Hk|apply Hl].
  - intros x Hx. apply filter_In in Hx as [Hx Hp]. specialize (Hr x Hx). unfold before in Hp.
    destruct (Rle_dec x c); [lra|discriminate].
  - apply pairs_filter, Hs.
  - intros x Hx. apply filter_In in Hx as [Hx Hp]. specialize (Hr x Hx). unfold before in Hp.
    destruct (Rle_dec x c); [discriminate|lra].
  - apply pairs_filter, Hs.
Qed.

Lemma few_unit f n eps u v : (forall x y, u <= x <= v -> u <= y <= v -> ~ apart f n eps x y) ->
  few f n eps u v 1.
Proof.
  intros H [|x [|y E]] Hr Hs; simpl; try lia. exfalso.
  inversion Hs as [|? ? Hx _]; subst. inversion Hx; subst. apply (H x y); auto; apply Hr; simpl; auto.
Qed.

(* Short intervals add up. *)
Lemma few_pieces f n eps d k m : forall u v, v - u <= INR (S m) * d ->
  (forall s t, u <= s -> t <= v -> t - s <= d -> few f n eps s t k) -> few f n eps u v (S m * k).
Proof.
  induction m as [|m IH]; intros u v Huv Hshort; [simpl in *; rewrite Nat.add_0_r; apply Hshort; lra|].
  destruct (Rle_lt_dec (v - u) d) as [Hle|Hgt].
  - intros E HE Hs. apply (Nat.le_trans _ k); [|simpl; lia]. apply (Hshort u v); auto; lra.
  - change (S (S m) * k)%nat with (k + S m * k)%nat. destruct (Rle_lt_dec 0 d) as [Hd|Hd].
    + apply (few_split _ _ _ u (u + d) v); [apply Hshort; lra|].
      rewrite (S_INR (S m)) in Huv. apply IH; [lra|]. intros s t Hs. apply Hshort. lra.
    + intros [|x E] HE Hs; [simpl; lia|]. exfalso. specialize (HE x (or_introl eq_refl)).
      pose proof (lt_0_INR (S (S m)) ltac:(lia)). nra.
Qed.

(* Points that stay within eps for m steps are separated only later. *)
Lemma few_later f m n eps u v s t k :
  (forall x y i, u <= x <= v -> u <= y <= v -> (i < m)%nat -> Rabs (iter i f x - iter i f y) <= eps) ->
  (forall x, u <= x <= v -> s <= iter m f x <= t) -> few f n eps s t k -> few f (m + n) eps u v k.
Proof.
  intros Hclose Hst Hk E HE Hsep. rewrite <- (map_length (iter m f) E). apply Hk.
  - intros y Hy. apply in_map_iff in Hy as (x & <- & Hx). apply Hst, HE, Hx.
  - clear Hk. induction Hsep as [|x E Hx HE' IH]; simpl; [constructor|]. constructor.
    + rewrite Forall_forall in Hx |- *. intros z Hz. apply in_map_iff in Hz as (y & <- & Hy).
      destruct (Hx y Hy) as (i & Hi & Hdist). destruct (Nat.lt_ge_cases i m) as [Him|Him].
      * exfalso. specialize (Hclose x y i (HE x (or_introl eq_refl)) (HE y (or_intror Hy)) Him). lra.
      * exists (i - m)%nat. rewrite <- !iter_add. replace (i - m + m)%nat with i by lia.
        split; [lia|exact Hdist].
    + apply IH. intros y Hy. apply HE. simpl; auto.
Qed.

(* ---- A Lipschitz constant bounds the entropy ---- *)

Section Lipschitz.
Variables (f : R -> R) (lo hi L : R).
Hypothesis Hlohi : lo <= hi.
Hypothesis HL : 1 <= L.
Hypothesis Hself : selfmap f lo hi.
Hypothesis Hlip : forall x y, lo <= x <= hi -> lo <= y <= hi -> Rabs (f x - f y) <= L * Rabs (x - y).

Lemma iter_lipschitz n x y : lo <= x <= hi -> lo <= y <= hi ->
  Rabs (iter n f x - iter n f y) <= L ^ n * Rabs (x - y).
Proof.
  intros Hx Hy. induction n as [|n IH]; [simpl; lra|].
  apply (Rle_trans _ (L * Rabs (iter n f x - iter n f y))).
  - apply Hlip; apply selfmap_iter; assumption.
  - simpl pow. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|exact IH].
Qed.

Lemma apart_far n eps x y : lo <= x <= hi -> lo <= y <= hi ->
  apart f n eps x y -> apart (fun z => z) 1 (eps / L ^ n) x y.
Proof.
  intros Hx Hy (k & Hk & Hd). exists 0%nat. split; [lia|]. simpl.
  pose proof (iter_lipschitz k x y Hx Hy) as Hdist.
  assert (HLk : L ^ k <= L ^ n) by (apply Rle_pow; [lra|lia]).
  pose proof (pow_lt L n ltac:(lra)) as Hpos. pose proof (Rabs_pos (x - y)) as Hxy.
  apply (Rmult_lt_reg_r (L ^ n)); [exact Hpos|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

Theorem entropy_lipschitz : entropy_le_ln f lo hi L.
Proof.
  apply entropy_le; [lra|]. intros eps Heps. exists ((hi - lo) / eps + 2). intros n E [Hr Hs].
  pose proof (pow_R1_Rle L n HL) as HLn.
  set (d := eps / L ^ n). assert (Hd : 0 < d) by (apply Rdiv_lt_0_compat; lra).
  assert (Hquot : 0 <= (hi - lo) / d) by (apply Rmult_le_pos; [lra|apply Rlt_le, Rinv_0_lt_compat, Hd]).
  (* m + 1 intervals of length d cover [lo, hi] *)
  set (m := Z.to_nat (Int_part ((hi - lo) / d))).
  assert (Hm : INR m <= (hi - lo) / d <= INR m + 1).
  { destruct (base_Int_part ((hi - lo) / d)) as [Hfloor1 Hfloor2]. unfold m.
    rewrite INR_IZR_INZ, Z2Nat.id by (apply Zlt_succ_le, lt_IZR; rewrite succ_IZR; lra). lra. }
  assert (Hfew : few (fun z => z) 1 d lo hi (S m * 1)).
  { apply (few_pieces _ _ _ d); [|intros u v _ _ Huv; apply few_unit; intros x y Hx Hy (k & Hk & Hdist);
      replace k with 0%nat in Hdist by lia; simpl in Hdist; revert Hdist; apply Rle_not_lt, Rabs_le; lra].
    rewrite S_INR. destruct Hm as [_ Hm].
    apply (Rmult_le_compat_r d) in Hm; [|lra]. unfold Rdiv in Hm. rewrite Rmult_assoc, Rinv_l in Hm by lra.
    lra. }
  assert (Hin : forall x, In x E -> lo <= x <= hi) by (intros x Hx; apply (Hr x Hx 0%nat)).
  assert (Hlen : (length E <= S m)%nat).
  { rewrite <- Nat.mul_1_r. apply Hfew; [exact Hin|]. apply (pairs_impl (apart f n eps)); [|exact Hs].
    intros x y Hx Hy.
    apply apart_far; auto. }
  apply le_INR in Hlen. rewrite S_INR in Hlen.
  replace ((hi - lo) / d) with ((hi - lo) / eps * L ^ n) in Hm by (unfold d; field; lra). nra.
Qed.
End Lipschitz.

Corollary entropy_identity lo hi : lo <= hi -> ~ positive_entropy (fun x => x) lo hi.
Proof.
  intros Hlohi (lam & Hlam & Hge). apply (entropy_lipschitz _ lo hi 1) in Hge; try lra.
  - intros x Hx. exact Hx.
  - intros. lra.
Qed.
