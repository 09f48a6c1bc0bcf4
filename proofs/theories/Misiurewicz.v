(* Misiurewicz 1979: a continuous map of an interval with positive entropy has a least period that is not a
   power of 2.

   If no iterate has a horseshoe, each iterate f^k has at most C 3^n separated points (Tracking.v), so the
   entropy of f is at most (ln 3)/k for all k: zero.  Whether some iterate has a horseshoe is decided by trying
   all rational points and levels: by completeness of the certificates one of them proves it.

   Together with the converse (ChaosEntropy.v) and the theorems on odd returns: f has positive entropy if and
   only if it is chaotic, if and only if a rational point proves it by the strict inequality of Li and Yorke
   for some f^(2^j). *)

From Coq Require Import Reals Lra Lia List ZArith Cantor.
From Certify Require Import Dynamics Iterates Continuity Compactness Covering Turbulence OddCertificate.
From Certify Require Import Completeness Order Parts Entropy ChaosEntropy Tracking Following.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Finitely many classical steps, for a goal that is a contradiction ---- *)

Lemma not_not_all (P : nat -> Prop) r :
  (forall K, (K < r)%nat -> ~ ~ P K) -> ~ ~ forall K, (K < r)%nat -> P K.
Proof.
  induction r as [|r IH]; intros H Hnot; [apply Hnot; intros; lia|].
  apply (H r ltac:(lia)). intro HP. apply IH; [intros; apply H; lia|]. intro Hall. apply Hnot. intros K HK.
  destruct (Nat.eq_dec K r) as [->|]; [exact HP|apply Hall; lia].
Qed.

(* ---- Without horseshoes entropy is zero ---- *)

Section NoHorseshoe.
Variables (lo hi : R) (g : R -> R).
Hypothesis Hlohi : lo < hi.
Hypothesis Hg : continuity g.
Hypothesis Hrange : forall x, lo <= g x <= hi.
Hypothesis Hno : forall n, (0 < n)%nat -> ~ turb (iter n g) lo hi.

Section Elements.
Variables (eps : R) (c : nat -> R) (r : nat).
Hypothesis Hr : (0 < r)%nat.
Hypothesis Hc : forall j, (j < r)%nat -> c j < c (S j) /\ c (S j) - c j <= eps.
Hypothesis Hlo : c 0%nat = lo.
Hypothesis Hhi : c r = hi.

Lemma doubles_irreflexive J : (J < r)%nat -> ~ doubles g c J J.
Proof.
  intros HJ (n & Hn & H). apply (Hno n Hn). apply (double_turb (iter n g) lo hi (c J) (c (S J)));
    [|apply Hc, HJ| |exact H].
  - rewrite <- Hlo. apply (element_le c r eps Hr Hc); lia.
  - rewrite <- Hhi. apply (element_le c r eps Hr Hc); lia.
Qed.

Lemma doubles_transitive J K L : (K < r)%nat -> doubles g c J K -> doubles g c K L -> doubles g c J L.
Proof.
  intros HK (n & Hn & H) (m & Hm & H'). exists (m + n)%nat. split; [lia|]. destruct (Hc K HK) as [Hlt _].
  destruct (double_trans (iter n g) (iter m g) _ _ _ _ _ _ (iter_cont g n Hg) (Rlt_le _ _ Hlt) H H')
    as (p & q & p' & q' & H1 & H2 & H3 & H4 & H5 & H6 & H7).
  exists p, q, p', q'. unfold onto_ends. rewrite !iter_add. auto 10.
Qed.

(* One constant for all elements that are bounded. *)
Lemma common_bound J k : (k <= r)%nat ->
  (forall K, (K < k)%nat -> (exists C, bounded g eps c K C) \/ ~ doubles g c J K) ->
  exists (C : nat) (known : nat -> bool),
    forall K, (K < k)%nat -> if known K then bounded g eps c K C else ~ doubles g c J K.
Proof.
  assert (Hmono : forall K C1 C2, (C1 <= C2)%nat -> bounded g eps c K C1 -> bounded g eps c K C2).
  { intros K C1 C2 Hle HC1 n E HE Hsep. specialize (HC1 n E HE Hsep).
    apply (Nat.le_trans _ _ _ HC1), Nat.mul_le_mono_r, Hle. }
  induction k as [|k IHk]; intros Hk Hall; [exists 0%nat, (fun _ => false); intros; lia|].
  destruct IHk as (C & known & HC); [lia|intros; apply Hall; lia|].
  destruct (Hall k) as [[C' HC']|Hnone]; [lia| |].
  - exists (C + C')%nat, (fun K => if Nat.eq_dec K k then true else known K). intros K HK.
    destruct (Nat.eq_dec K k) as [->|Hne]; [apply (Hmono k C'); [lia|exact HC']|].
    specialize (HC K ltac:(lia)). destruct (known K); [apply (Hmono K C); [lia|exact HC]|exact HC].
  - exists C, (fun K => if Nat.eq_dec K k then false else known K). intros K HK.
    destruct (Nat.eq_dec K k) as [->|Hne]; [exact Hnone|apply HC; lia].
Qed.

(* Induction on the number of elements over which J doubles. *)
Lemma all_bounded size : forall over, (length over <= size)%nat -> forall J, (J < r)%nat ->
  (forall K, (K < r)%nat -> doubles g c J K -> In K over) -> ~ ~ exists C, bounded g eps c J C.
Proof.
  induction size as [|size IH]; intros over Hsize J HJ Hover Hnot.
  - apply (not_not_all (fun K => ~ doubles g c J K) r).
    + intros K HK Hd. apply Hd. intro H. specialize (Hover K HK H).
      destruct over; [contradiction|simpl in Hsize; lia].
    + intro Hnone. apply Hnot.
      apply (bounded_next g lo hi eps c r Hg Hrange Hr Hc Hlo Hhi J 0 (fun _ => false) HJ). exact Hnone.
  - apply (not_not_all (fun K => (exists C, bounded g eps c K C) \/ ~ doubles g c J K) r).
    + intros K HK Hneither. apply Hneither. right. intro Hd.
      apply (IH (remove Nat.eq_dec K over)) with (J := K); [|exact HK| |tauto].
      * pose proof (remove_length_lt Nat.eq_dec over K (Hover K HK Hd)). lia.
      * intros L HL HKL. apply in_in_remove.
        -- intros ->. apply (doubles_irreflexive K HK HKL).
        -- apply Hover; [exact HL|apply (doubles_transitive J K L HK Hd HKL)].
    + intro Hall. apply Hnot.
      destruct (common_bound J r (le_n r) Hall) as (C & known & Hknown).
      apply (bounded_next g lo hi eps c r Hg Hrange Hr Hc Hlo Hhi J C known HJ Hknown).
Qed.

Lemma few_all : ~ ~ exists C, forall n, few g n eps lo hi (C * 3 ^ n).
Proof.
  intro Hnot. apply (not_not_all (fun J => exists C, bounded g eps c J C) r).
  { intros J HJ. apply (all_bounded r (seq 0 r)); [rewrite seq_length; lia|exact HJ|].
    intros K HK _. apply in_seq. lia. }
  intro Hall. apply Hnot.
  assert (Hsum : forall k, (k < r)%nat -> exists C, forall n, few g n eps lo (c (S k)) (C * 3 ^ n)).
  { induction k as [|k IH]; intro Hk; destruct (Hall _ Hk) as [C HC].
    - exists C. rewrite <- Hlo. exact HC.
    - destruct IH as [C' HC']; [lia|]. exists (C' + C)%nat. intro n. rewrite Nat.mul_add_distr_r.
      apply (few_split _ _ _ _ (c (S k))); [apply HC'|apply HC]. }
  destruct (Hsum (r - 1)%nat ltac:(lia)) as [C HC]. exists C. rewrite <- Hhi.
  replace r with (S (r - 1)) by lia. exact HC.
Qed.
End Elements.

Lemma few_points eps : 0 < eps -> ~ ~ exists C, forall n, few g n eps lo hi (C * 3 ^ n).
Proof.
  intro Heps. destruct (nat_above ((hi - lo) / eps)) as [r Hr].
  assert (Hquot : 0 < (hi - lo) / eps) by (apply Rdiv_lt_0_compat; lra). assert (HrR : 0 < INR r) by lra.
  assert (Hlen : (hi - lo) / INR r <= eps).
  { apply (Rmult_le_reg_r (INR r)); [exact HrR|]. apply (Rmult_lt_compat_r eps) in Hr; [|exact Heps].
    unfold Rdiv in *. rewrite Rmult_assoc, Rinv_l in Hr by lra. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (Hpos : 0 < (hi - lo) / INR r) by (apply Rdiv_lt_0_compat; lra).
  apply (few_all eps (fun j => lo + INR j * ((hi - lo) / INR r)) r).
  - apply INR_lt. exact HrR.
  - intros j _. rewrite S_INR. lra.
  - simpl. ring.
  - field. lra.
Qed.
End NoHorseshoe.

Theorem no_horseshoe_entropy f lo hi : lo < hi -> continuity f -> (forall x, lo <= f x <= hi) ->
  (forall n, (0 < n)%nat -> ~ turb (iter n f) lo hi) -> entropy_le_ln f lo hi 1.
Proof.
  intros Hlohi Hf Hrange Hno lam Hge. apply Rnot_lt_le. intro Hlam.
  (* Some f^k has entropy more than ln 3. *)
  set (mu := (1 + lam) / 2). assert (Hmu : 1 < mu < lam) by (unfold mu; lra).
  destruct (power_outgrows 1 mu 3) as [k0 Hk0]; [lra|]. specialize (Hk0 (S k0) ltac:(lia)).
  rewrite pow1 in Hk0.
  set (k := S k0) in *. assert (Hk : (0 < k)%nat) by (unfold k; lia).
  destruct (entropy_outgrows f lo hi mu lam ltac:(lra) Hge) as (eps & Heps & Hout).
  assert (Hself : selfmap f lo hi) by (intros x _; apply Hrange).
  apply (uniform_steps f lo hi k eps Hf Heps). intros (d & Hd & Hsteps).
  apply (few_points lo hi (iter k f) Hlohi (iter_cont f k Hf)) with (eps := d).
  - intro x. apply Hrange.
  - intros n Hn. intro T. apply (Hno (n * k)%nat ltac:(nia)).
    apply (turb_ext (iter n (iter k f))); [|exact T].
    intro x. apply iter_iter.
  - exact Hd.
  - intros (C & HC). destruct (Hout (INR C * 3)) as (n & E & [HE Hsep] & Hlen).
    assert (Hcount : (length E <= C * 3 ^ S (n / k))%nat).
    { apply HC; [intros x Hx; apply (HE x Hx 0%nat)|]. apply (pairs_impl (apart f n eps)); [|exact Hsep].
      intros x y Hx Hy (i & Hi & Hdist). exists (i / k)%nat. split.
      - apply Nat.lt_succ_r, Nat.div_le_mono; lia.
      - rewrite !iter_iter. apply Rnot_le_lt. intro Hclose.
        apply (Rlt_not_le _ _ Hdist). rewrite (Nat.div_mod i k), Nat.add_comm, !iter_add, Nat.mul_comm by lia.
        apply Hsteps; [apply HE, Hx|apply HE, Hy|exact Hclose|apply Nat.mod_upper_bound; lia]. }
    apply le_INR in Hcount. rewrite mult_INR, pow_INR, <- tech_pow_Rmult in Hcount. simpl (INR 3) in Hcount.
    replace (1 + 1 + 1) with 3 in Hcount by ring.
    assert (Hpow : 3 ^ (n / k) <= mu ^ n).
    { apply (Rle_trans _ ((mu ^ k) ^ (n / k))); [apply pow_incr; lra|]. rewrite <- pow_mult.
      apply Rle_pow; [lra|]. apply Nat.mul_div_le. lia. }
    pose proof (pos_INR C). nra.
Qed.

(* ---- The theorem ---- *)

(* The n-th candidate for a certificate of Li and Yorke: a level and a rational point. *)
Definition candidate (n : nat) : nat * R :=
  let (j, m) := Cantor.of_nat n in let (m1, m2) := Cantor.of_nat m in let (a, b) := Cantor.of_nat m1 in
  (j, IZR (Z.of_nat a - Z.of_nat b) / IZR (Zpos (Pos.of_succ_nat m2))).

Lemma candidate_onto j num den : exists n, candidate n = (j, IZR num / IZR (Zpos den)).
Proof.
  exists (Cantor.to_nat (j, Cantor.to_nat (Cantor.to_nat (Z.to_nat num, Z.to_nat (- num)),
    Nat.pred (Pos.to_nat den)))).
  unfold candidate. rewrite !Cantor.cancel_of_to. do 3 f_equal; [lia|]. f_equal. f_equal. lia.
Qed.

Lemma ly_strict_dec g t : {ly_strict g t} + {~ ly_strict g t}.
Proof.
  unfold ly_strict.
  destruct (Rlt_dec (g (g (g t))) t), (Rlt_dec t (g t)), (Rlt_dec (g t) (g (g t))),
    (Rlt_dec t (g (g (g t)))), (Rlt_dec (g t) t), (Rlt_dec (g (g t)) (g t)); (left; tauto) || (right; tauto).
Qed.

(* Either a certificate of chaos exists, or no iterate has a horseshoe. *)
Lemma chaotic_or_no_horseshoe f lo hi : lo <= hi -> continuity f -> selfmap f lo hi ->
  chaotic f lo hi \/ forall n, (0 < n)%nat -> ~ turb (iter n f) lo hi.
Proof.
  intros Hlohi Hf Hself. pose proof (continuity_on f lo hi Hf) as Hcont.
  pose (proves := fun n => lo <= snd (candidate n) <= hi /\
    ly_strict (iter (2 ^ fst (candidate n)) f) (snd (candidate n))).
  assert (Hdec : forall n, {~ proves n} + {~ ~ proves n}).
  { intro n. unfold proves. destruct (Rle_dec lo (snd (candidate n))); [|left; tauto].
    destruct (Rle_dec (snd (candidate n)) hi); [|left; tauto].
    destruct (ly_strict_dec (iter (2 ^ fst (candidate n)) f) (snd (candidate n))); [right|left]; tauto. }
  destruct (ClassicalDedekindReals.sig_forall_dec (fun n => ~ proves n) Hdec) as [[n Hn]|Hnone].
  - left. apply (chaotic_iff f lo hi Hcont Hself).
    assert (Hproves : proves n).
    { unfold proves in *. destruct (Rle_dec lo (snd (candidate n))); [|tauto].
      destruct (Rle_dec (snd (candidate n)) hi); [|tauto].
      destruct (ly_strict_dec (iter (2 ^ fst (candidate n)) f) (snd (candidate n))); tauto. }
    unfold proves, candidate in Hproves. destruct (Cantor.of_nat n) as [j m].
    destruct (Cantor.of_nat m) as [m1 m2].
    destruct (Cantor.of_nat m1) as [a b]. exists j, (Z.of_nat a - Z.of_nat b)%Z, (Pos.of_succ_nat m2).
    exact Hproves.
  - right. intros n Hn T. apply (turb_chaotic _ _ _ (iter_cont f n Hf)) in T.
    destruct T as [Hperiods _]. destruct (Hperiods 3%nat ltac:(lia)) as (p & Hp & Lp).
    (* a period 3 of f^n, n = q 2^j, is an odd period of f^(2^j) *)
    destruct (odd_part n Hn) as (j & q & -> & Hodd). set (g := iter (2 ^ j) f).
    assert (Heq : forall i u, iter i (iter (q * 2 ^ j) f) u = iter (i * q) g u).
    { intros i u. unfold g. rewrite !iter_iter. f_equal. lia. }
    destruct Lp as (_ & Ep & Hleast). rewrite Heq in Ep. assert (Hq : (0 < q)%nat) by (destruct Hodd; lia).
    destruct (least_period_exists g (3 * q) p ltac:(lia) Ep) as (d & Ld & Hdiv).
    assert (Hdodd : Nat.Odd d).
    { apply (odd_divide d (3 * q)); [|exact Hdiv]. destruct Hodd as [s Hs]. exists (3 * s + 1)%nat. lia. }
    assert (Hd1 : (1 < d)%nat).
    { destruct (Nat.eq_dec d 1) as [->|]; [|destruct Hdodd; lia]. exfalso. apply (Hleast 1%nat ltac:(lia)).
      rewrite Heq. apply iter_fix. apply Ld. }
    destruct (not_pow2 f j d p Hdodd Hd1 Ld) as (m & Lm & Hm).
    destruct (rational_certificate_in f m p lo hi Hf Lm Hm) as (j' & num & den & Hx & Hly).
    { intro i. apply selfmap_iter; assumption. }
    destruct (candidate_onto j' num den) as (i & Ei). apply (Hnone i). unfold proves. rewrite Ei. auto.
Qed.

Theorem misiurewicz f lo hi : cont_on f lo hi -> selfmap f lo hi -> positive_entropy f lo hi ->
  chaotic f lo hi.
Proof.
  intros Hcont Hself (lam & Hlam & Hge).
  assert (Hlohi : lo < hi).
  { apply Rnot_le_lt. intro Hle. assert (Hone : lam <= 1); [|lra].
    apply (entropy_le f lo hi 1); [lra| |exact Hge].
    intros eps Heps. exists 1. intros n E [HE Hsep]. rewrite pow1, Rmult_1_l. change 1 with (INR 1).
    apply le_INR.
    apply (few_unit f n eps lo hi); [|intros x Hx; apply (HE x Hx 0%nat)|exact Hsep].
    intros x y Hx Hy (k & _ & Hdist). replace y with x in Hdist by lra.
    rewrite Rminus_eq_0, Rabs_R0 in Hdist. lra. }
  set (F := ext f lo hi). assert (HF : continuity F) by (apply ext_cont; [lra|exact Hcont]).
  assert (HFrange : forall x, lo <= F x <= hi) by (intro x; apply Hself, clamp_range; lra).
  apply (ext_verdict f lo hi Hself lo); [lra|]. fold F.
  destruct (chaotic_or_no_horseshoe F lo hi ltac:(lra) HF (fun x _ => HFrange x)) as [Hchaos|Hno];
    [exact Hchaos|exfalso].
  assert (Hone : lam <= 1); [|lra]. apply (no_horseshoe_entropy F lo hi Hlohi HF HFrange Hno).
  apply (entropy_agree f); [exact Hself| |exact Hge]. intros x Hx. unfold F. apply ext_id. exact Hx.
Qed.

(* Chaos, in any of its forms, is positive entropy. *)
Theorem chaotic_iff_positive_entropy f lo hi : cont_on f lo hi -> selfmap f lo hi ->
  (chaotic f lo hi <-> positive_entropy f lo hi).
Proof. intros Hcont Hself. split; [apply chaotic_entropy; assumption|apply misiurewicz; assumption]. Qed.

(* Order is entropy zero. *)
Corollary ordered_entropy_zero f lo hi m : cont_on f lo hi -> selfmap f lo hi -> ordered f lo hi m ->
  entropy_le_ln f lo hi 1.
Proof.
  intros Hcont Hself Hord lam Hge. apply Rnot_lt_le. intro Hlam. apply (ordered_not_chaotic f lo hi m Hord).
  apply misiurewicz; [exact Hcont|exact Hself|]. exists lam. auto.
Qed.
