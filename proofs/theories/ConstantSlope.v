(* A piecewise-linear map of constant slope s >= 1, up to its sign, has entropy ln s (Misiurewicz and Szlenk
   1980).

   From above: s is a Lipschitz constant.  From below: cut [c,d] into n equal cells, so short that each has
   a half on which g = f^N has one slope, s^N or -s^N.  The image of that half covers at least s^N/2 - 2
   cells.  So the cells are a covering graph of growth s^N/2 - 2, and h(f) >= (1/N) ln (s^N/2 - 2) for each
   N. The entropy of f is that of its core, a part that all orbits enter. *)

From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Iterates Continuity Covering Parts Entropy CoveringGraph Steep.
Import ListNotations.
Local Open Scope R_scope.

Lemma nat_floor x w : 0 < w -> 0 <= x -> exists k, INR k * w <= x < (INR k + 1) * w.
Proof.
  intros Hw Hx. destruct (base_Int_part (x / w)) as [H1 H2].
  assert (Hq : 0 <= x / w) by (apply Rmult_le_pos; [lra|apply Rlt_le, Rinv_0_lt_compat, Hw]).
  exists (Z.to_nat (Int_part (x / w))).
  rewrite INR_IZR_INZ, Z2Nat.id by (apply Zlt_succ_le, lt_IZR; rewrite succ_IZR; lra).
  replace x with (x / w * w) at 2 3 by (field; lra).
  split; [apply Rmult_le_compat_r|apply Rmult_lt_compat_r]; lra.
Qed.

Lemma finite_choice {A} (P : nat -> A -> Prop) (default : A) n : (forall i, (i < n)%nat -> exists r, P i r) ->
  exists rows, forall i, (i < n)%nat -> P i (rows i).
Proof.
  induction n as [|n IH]; intro H; [exists (fun _ => default); intros; lia|].
  destruct IH as [rows Hrows]; [intros; apply H; lia|]. destruct (H n ltac:(lia)) as [r Hr].
  exists (fun i => if Nat.eqb i n then r else rows i). intros i Hi.
  destruct (Nat.eqb_spec i n) as [->|Hne]; auto.
  apply Hrows. lia.
Qed.

(* ---- Edges between points y j with g (y j) = a j ---- *)

Section Edges.
Variables (y : nat -> R).

Lemma chain_up k m : forall x q, (forall j, y j <= y (S j)) -> x <= y k -> y (k + m)%nat <= q ->
  chain x (map (fun j => (y j, y (S j), j)) (seq k m)) q.
Proof.
  revert k. induction m as [|m IH]; intros k x q Hy Hx Hq; simpl.
  - rewrite Nat.add_0_r in Hq. lra.
  - split; [exact Hx|]. split; [apply Hy|]. apply IH; auto; [apply Rle_refl|].
    replace (S k + m)%nat with (k + S m)%nat by lia. exact Hq.
Qed.

Lemma chain_down k m : forall x q, (forall j, y (S j) <= y j) -> x <= y (k + m)%nat -> y k <= q ->
  chain x (map (fun j => (y (S j), y j, j)) (rev (seq k m))) q.
Proof.
  induction m as [|m IH]; intros x q Hy Hx Hq.
  - simpl. rewrite Nat.add_0_r in Hx. lra.
  - rewrite seq_S, rev_unit. simpl. split; [rewrite <- plus_n_Sm in Hx; exact Hx|].
    split; [apply Hy|]. apply IH; auto. apply Rle_refl.
Qed.
End Edges.

Lemma total_one {A} (L : list A) : total (fun _ => 1) L = INR (length L).
Proof. induction L as [|x L IH]; [reflexivity|]. simpl length. rewrite S_INR. simpl. rewrite IH. ring. Qed.

(* ---- The covering graph of a steep map ---- *)

Section Cells.
Variables (g : R -> R) (s c d : R) (n : nat).
Hypothesis Hg : continuity g.
Hypothesis Hself : selfmap g c d.
Hypothesis Hs : 0 < s.
Hypothesis Hcd : c < d.
Hypothesis Hn : (0 < n)%nat.
Let w := (d - c) / INR n.
Let a (i : nat) : R := c + INR i * w.

Lemma w_pos : 0 < w.
Proof. apply Rdiv_lt_0_compat; [lra|apply lt_0_INR, Hn]. Qed.

Lemma a_S i : a (S i) = a i + w.
Proof. unfold a. rewrite S_INR. ring. Qed.

Lemma a_n : a n = d.
Proof. unfold a, w. field. apply not_0_INR. lia. Qed.

Lemma a_le i j : a i <= a j -> (i <= j)%nat.
Proof.
  intro H. apply INR_le. pose proof w_pos. unfold a in H. nra.
Qed.

Lemma a_range i : (i < n)%nat -> c <= a i /\ a i < a (S i) /\ a (S i) <= d.
Proof.
  intro Hi. pose proof w_pos. pose proof (pos_INR i). rewrite <- a_n. apply le_INR in Hi. unfold a in *.
  rewrite S_INR in *. repeat split; nra.
Qed.

Lemma a_mono i j : (i <= j)%nat -> a i <= a j.
Proof. intro H. apply le_INR in H. pose proof w_pos. unfold a. nra. Qed.

(* The cells between two values. *)
Lemma cells_between lo hi : c <= lo -> lo <= hi ->
  exists k m, lo <= a k /\ (m = 0%nat \/ a (k + m) <= hi) /\ hi - lo <= (INR m + 2) * w.
Proof.
  intros Hlo Hle. pose proof w_pos as Hw.
  destruct (nat_floor (lo - c) w Hw ltac:(lra)) as [k Hk].
  assert (Hak : lo <= a (S k) <= lo + w) by (rewrite a_S; unfold a; lra).
  exists (S k). destruct (Rle_lt_dec (a (S k)) hi) as [h|h].
  - destruct (nat_floor (hi - a (S k)) w Hw ltac:(lra)) as [m Hm].
    exists m. split; [lra|]. split; [|lra]. right.
    replace (a (S k + m)) with (a (S k) + INR m * w) by (unfold a; rewrite plus_INR; ring). lra.
  - exists 0%nat. split; [lra|]. split; [left; auto|]. simpl. lra.
Qed.

(* Points of [u, v] that g maps to the ends of m neighbouring cells, in order, are the ends of m edges. *)
Lemma edges k m (y : nat -> R) u v : (k + m <= n)%nat ->
  (forall j, (k <= j <= k + m)%nat -> u <= y j <= v /\ g (y j) = a j) ->
  (forall j, y j <= y (S j)) \/ (forall j, y (S j) <= y j) ->
  exists r, chain u r v /\ length r = m /\
    forall e, In e r -> (label e < n)%nat /\ covers g (left e) (right e) (a (label e)) (a (S (label e))).
Proof.
  intros Hkm Hy Hdir.
  assert (Hcov : forall j, (k <= j < k + m)%nat -> forall x z, x <= y j <= z -> x <= y (S j) <= z ->
    covers g x z (a j) (a (S j))).
  { intros j Hj x z H1 H2. destruct (Hy j ltac:(lia)) as [_ E1]. destruct (Hy (S j) ltac:(lia)) as [_ E2].
    apply (covers_ends g x z _ _ (y j) (y (S j))); auto; lra. }
  destruct (Hy k ltac:(lia)) as [Hk _]. destruct (Hy (k + m)%nat ltac:(lia)) as [Hm _].
  destruct Hdir as [Hup|Hdown].
  - exists (map (fun j => (y j, y (S j), j)) (seq k m)). split; [apply chain_up; auto; lra|].
    split; [rewrite map_length; apply seq_length|].
    intros e He. apply in_map_iff in He as (j & <- & Hj). apply in_seq in Hj. split; [simpl; lia|].
    specialize (Hup j). apply (Hcov j); unfold left, right; cbn [fst snd]; [lia|lra|lra].
  - exists (map (fun j => (y (S j), y j, j)) (rev (seq k m))). split; [apply chain_down; auto; lra|].
    split; [rewrite map_length, rev_length; apply seq_length|].
    intros e He. apply in_map_iff in He as (j & <- & Hj). apply in_rev, in_seq in Hj. split; [simpl; lia|].
    specialize (Hdown j). apply (Hcov j); unfold left, right; cbn [fst snd]; [lia|lra|lra].
Qed.

Definition good_row (i : nat) (r : list (R * R * nat)) : Prop :=
  chain (a i) r (a (S i)) /\ s / 2 - 2 <= INR (length r) /\
  forall e, In e r -> (label e < n)%nat /\ covers g (left e) (right e) (a (label e)) (a (S (label e))).

Lemma row_exists i p q : (i < n)%nat -> a i <= p -> q <= a (S i) -> w / 2 <= q - p -> one_slope g s p q ->
  exists r, good_row i r.
Proof.
  intros Hi Hp Hq Hpq (r & Hr & Hslope). pose proof w_pos as Hw. pose proof (a_range i Hi) as Hai.
  pose proof (Hself p ltac:(lra)) as Hgp. pose proof (Hself q ltac:(lra)) as Hgq.
  pose proof (Hslope p q ltac:(lra) ltac:(lra)) as Eq.
  set (lo := Rmin (g p) (g q)). set (hi := Rmax (g p) (g q)).
  assert (Hends : c <= lo /\ hi <= d /\ hi - lo = s * (q - p)).
  { unfold lo, hi, Rmin, Rmax. destruct (Rle_dec (g p) (g q)); destruct Hr as [-> | ->]; split; nra. }
  destruct (cells_between lo hi) as (k & m & Hk & Hm & Hmany); [lra|nra|].
  assert (Hcount : s / 2 - 2 <= INR m) by (apply (Rmult_le_reg_r w); nra).
  destruct Hm as [->|Hm].
  { exists []. split; [simpl; lra|]. split; [exact Hcount|intros e []]. }
  (* y j: the point with value a j *)
  assert (Hr0 : r <> 0) by (destruct Hr; lra).
  set (y := fun j => p + (a j - g p) / r).
  assert (Ey : forall j, r * (y j - p) = a j - g p) by (intro j; unfold y; field; auto).
  assert (Estep : forall j, r * (y (S j) - y j) = w).
  { intro j. pose proof (Ey j) as E1. pose proof (Ey (S j)) as E2. rewrite a_S in E2. lra. }
  destruct (edges k m y (a i) (a (S i))) as (row & Hchain & Hlen & Hedge).
  - apply a_le. rewrite a_n. lra.
  - intros j Hj. pose proof (a_mono k j ltac:(lia)). pose proof (a_mono j (k + m) ltac:(lia)).
    specialize (Ey j). assert (Hin : p <= y j <= q).
    { unfold lo, hi, Rmin, Rmax in *. destruct (Rle_dec (g p) (g q)); destruct Hr as [-> | ->]; split; nra. }
    split; [lra|]. pose proof (Hslope p (y j) ltac:(lra) Hin) as E. lra.
  - destruct Hr as [-> | ->]; [left|right]; intro j; pose proof (Estep j); nra.
  - exists row. split; [exact Hchain|]. rewrite Hlen. auto.
Qed.

Theorem cells_entropy : 4 < s -> (forall i, (i < n)%nat -> exists p q,
    a i <= p /\ q <= a (S i) /\ w / 2 <= q - p /\ one_slope g s p q) ->
  entropy_ge_ln g c d (s / 2 - 2).
Proof.
  intros Hs4 Hhalf.
  destruct (finite_choice good_row [] n) as [rows Hrows].
  { intros i Hi. destruct (Hhalf i Hi) as (p & q & Hp & Hq & Hpq & Hslope). apply (row_exists i p q); auto. }
  apply (graph_entropy g c d (s / 2 - 2) n a (fun i => a (S i)) (fun _ => 1) rows); auto; try lra.
  - apply a_range.
  - intros i Hi. apply (Hrows i Hi).
  - intros i e Hi He. apply (Hrows i Hi), He.
  - intros; lra.
  - intros i Hi. rewrite total_one, map_length. destruct (Hrows i Hi) as (_ & H & _). lra.
Qed.
End Cells.

(* ---- A Lipschitz constant ---- *)

Lemma lipschitz_of_cuts f s cuts : 0 <= s -> forall x y, x <= y ->
  (forall u v, x <= u -> u <= v -> v <= y -> uncut cuts u v -> Rabs (f v - f u) <= s * (v - u)) ->
  Rabs (f y - f x) <= s * (y - x).
Proof.
  intro Hs. induction cuts as [|k L IH]; intros x y Hxy H.
  - apply H; try lra. intros k [].
  - destruct (Rlt_le_dec x k) as [h|h]; [destruct (Rlt_le_dec k y) as [h'|h']|].
    + assert (H1 : Rabs (f k - f x) <= s * (k - x)).
      { apply IH; [lra|]. intros u v Hu Huv Hv Hno. apply H; try lra.
        intros k' [<-|Hk'] Hin; [lra|apply (Hno k' Hk' Hin)]. }
      assert (H2 : Rabs (f y - f k) <= s * (y - k)).
      { apply IH; [lra|]. intros u v Hu Huv Hv Hno. apply H; try lra.
        intros k' [<-|Hk'] Hin; [lra|apply (Hno k' Hk' Hin)]. }
      replace (f y - f x) with ((f k - f x) + (f y - f k)) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. lra.
    + apply IH; [lra|]. intros u v Hu Huv Hv Hno. apply H; auto.
      intros k' [<-|Hk'] Hin; [lra|apply (Hno k' Hk' Hin)].
    + apply IH; [lra|]. intros u v Hu Huv Hv Hno. apply H; auto.
      intros k' [<-|Hk'] Hin; [lra|apply (Hno k' Hk' Hin)].
Qed.

Lemma steep_lipschitz f s c d x y : 0 <= s -> steep f s c d -> c <= x <= d -> c <= y <= d ->
  Rabs (f x - f y) <= s * Rabs (x - y).
Proof.
  intros Hs [cuts Hcuts].
  assert (Up : forall x y, c <= x -> x <= y -> y <= d -> Rabs (f y - f x) <= s * (y - x)).
  { clear x y. intros x y Hx Hxy Hy. apply (lipschitz_of_cuts f s cuts Hs x y Hxy). intros u v Hu Huv Hv Hno.
    destruct (Hcuts u v ltac:(lra) Huv ltac:(lra) Hno) as (r & Hr & E). rewrite (E u v) by lra.
    rewrite Rabs_mult, (Rabs_right (v - u)) by lra. apply Rmult_le_compat_r; [lra|].
    destruct Hr as [-> | ->]; rewrite ?Rabs_Ropp, Rabs_right; lra. }
  intros Hx Hy. destruct (Rle_lt_dec x y) as [h|h].
  - rewrite Rabs_minus_sym, (Rabs_left1 (x - y)) by lra. specialize (Up x y ltac:(lra) h ltac:(lra)). lra.
  - rewrite (Rabs_right (x - y)) by lra. apply Up; lra.
Qed.

(* ---- Entropy of a steep map ---- *)

Lemma entropy_ge_one f lo hi : lo <= hi -> selfmap f lo hi -> entropy_ge_ln f lo hi 1.
Proof.
  intros Hl Hs mu Hmu. exists 1. split; [lra|]. intro N. exists N, [lo]. split; auto. split.
  - split; [|repeat constructor]. intros x [<-|[]]. apply selfmap_stays; auto. lra.
  - simpl. rewrite <- (pow1 N). apply pow_incr. lra.
Qed.

Theorem steep_entropy f s c d : continuity f -> selfmap f c d -> c < d -> 1 <= s -> steep f s c d ->
  entropy_ge_ln f c d s.
Proof.
  intros Hf Hself Hcd Hs Hst. apply entropy_sup. intros mu Hmu.
  destruct (Rle_lt_dec mu 1) as [Hmu1|Hmu1].
  { apply (entropy_weaken f c d 1); auto. apply entropy_ge_one; auto; lra. }
  destruct (power_outgrows mu s 6 ltac:(lra)) as [N HN]. specialize (HN (S N) ltac:(lia)).
  pose proof (pow_R1_Rle mu (S N) ltac:(lra)) as Hpow.
  apply (entropy_iter_selfmap f (S N)); auto; [lia|].
  set (g := iter (S N) f) in *. set (sg := s ^ S N) in *.
  apply (entropy_weaken g c d (sg / 2 - 2)); [lra|].
  destruct (steep_half g sg c d) as (gap & Hgap & Hhalf).
  { apply steep_iter; auto. lra. }
  destruct (nat_above ((d - c) / gap)) as [n Hn].
  assert (Hq : 0 <= (d - c) / gap) by (apply Rmult_le_pos; [lra|apply Rlt_le, Rinv_0_lt_compat, Hgap]).
  assert (Hn0 : (0 < n)%nat) by (apply INR_lt; simpl; lra).
  assert (HINR : 0 < INR n) by (apply lt_0_INR, Hn0).
  assert (Hw : (d - c) / INR n < gap).
  { apply (Rmult_lt_reg_r (INR n)); [exact HINR|]. replace ((d - c) / INR n * INR n) with (d - c)
      by (field; lra).
    apply (Rmult_lt_compat_r gap) in Hn; [|exact Hgap].
    replace ((d - c) / gap * gap) with (d - c) in Hn by (field; lra). lra. }
  apply (cells_entropy g sg c d n); auto; try lra.
  - apply iter_cont, Hf.
  - apply selfmap_iter, Hself.
  - intros i Hi. destruct (a_range c d n Hcd Hn0 i Hi) as (H1 & H2 & H3).
    pose proof (a_S c d n i) as ES. set (w := (d - c) / INR n) in *.
    destruct (Hhalf (c + INR i * w) (c + INR (S i) * w)) as (p & q & Hp & Hq' & Hpq & Hslope); auto; try lra.
    exists p, q. split; [exact Hp|]. split; [exact Hq'|]. split; [lra|exact Hslope].
Qed.

Theorem steep_entropy_le f s c d : selfmap f c d -> c <= d -> 1 <= s -> steep f s c d ->
  entropy_le_ln f c d s.
Proof.
  intros Hself Hcd Hs Hst. apply entropy_lipschitz; auto.
  intros x y Hx Hy. apply (steep_lipschitz f s c d); auto. lra.
Qed.
