(* Iterates and least periods: the algebra of f^n, without any continuity. *)

From Coq Require Import Reals Lia.
From Certify Require Import Dynamics.
Local Open Scope R_scope.

(* ---- Iterates ---- *)

Lemma iter_add {X} (f : X -> X) m n x : iter (m + n) f x = iter m f (iter n f x).
Proof. induction m; simpl; congruence. Qed.

Lemma iter_S {X} (f : X -> X) n x : iter (S n) f x = iter n f (f x).
Proof. replace (S n) with (n + 1)%nat by lia. apply iter_add. Qed.

Lemma iter_iter {X} (f : X -> X) k n x : iter n (iter k f) x = iter (n * k) f x.
Proof. induction n; simpl; auto. rewrite iter_add, IHn; auto. Qed.

Lemma iter_ext {X} (f g : X -> X) : (forall x, f x = g x) -> forall n x, iter n f x = iter n g x.
Proof. intros H n x; induction n; simpl; congruence. Qed.

Lemma iter_fix {X} (f : X -> X) x : f x = x -> forall n, iter n f x = x.
Proof. intros H n; induction n; simpl; congruence. Qed.

Lemma selfmap_iter f lo hi : selfmap f lo hi -> forall n, selfmap (iter n f) lo hi.
Proof. intros H n x Hx; induction n; simpl; auto. Qed.

(* Maps that agree on an invariant interval have the same orbits there. *)
Lemma iter_agree f g lo hi : selfmap f lo hi -> (forall x, lo <= x <= hi -> g x = f x) ->
  forall n x, lo <= x <= hi -> iter n g x = iter n f x.
Proof.
  intros Hs E n x Hx; induction n; simpl; auto.
  rewrite IHn. apply E, selfmap_iter; auto.
Qed.

(* ---- Periods ---- *)

Lemma periodic_mult {X} (f : X -> X) n x : iter n f x = x -> forall k, iter (k * n) f x = x.
Proof. intros H k; induction k; simpl; auto. rewrite iter_add, IHk; auto. Qed.

Lemma iter_mod {X} (f : X -> X) m p : (0 < m)%nat -> iter m f p = p -> forall n, iter n f p = iter (n mod m) f p.
Proof.
  intros Hm E n. rewrite (Nat.div_mod n m) at 1 by lia.
  rewrite Nat.add_comm, iter_add, Nat.mul_comm, periodic_mult; auto.
Qed.

Lemma periodic_iter {X} (f : X -> X) k q : periodic f q -> periodic (iter k f) q.
Proof.
  intros [n [Hn E]]. exists n; split; auto. rewrite iter_iter, Nat.mul_comm. apply periodic_mult; auto.
Qed.

Lemma least_period_divides f d p n : least_period f d p -> iter n f p = p -> Nat.divide d n.
Proof.
  intros [Hd [Ed Hmin]] En. apply Nat.mod_divide; [lia|].
  destruct (Nat.eq_dec (n mod d) 0) as [|Hne]; auto. exfalso.
  apply (Hmin (n mod d)%nat).
  - pose proof (Nat.mod_upper_bound n d ltac:(lia)). lia.
  - rewrite <- iter_mod; auto.
Qed.

(* The first return to p at a positive time below n, if there is one. *)
Lemma return_below f (p : R) n :
  (exists k, (0 < k < n)%nat /\ iter k f p = p) \/ (forall k, (0 < k < n)%nat -> iter k f p <> p).
Proof.
  induction n as [|n [[k [Hk E]]|Hno]].
  - right; intros; lia.
  - left; exists k; split; auto; lia.
  - destruct (Nat.eq_dec n 0) as [->|Hn]; [right; intros; lia|].
    destruct (Req_dec (iter n f p) p) as [E|E].
    + left; exists n; split; auto; lia.
    + right; intros k Hk. destruct (Nat.eq_dec k n) as [->|]; auto. apply Hno; lia.
Qed.

Lemma least_period_exists f m p : (0 < m)%nat -> iter m f p = p ->
  exists d, least_period f d p /\ Nat.divide d m.
Proof.
  intros Hm Em.
  assert (L : exists d, least_period f d p).
  { revert Hm Em. induction m as [m IH] using (well_founded_induction lt_wf). intros Hm Em.
    destruct (return_below f p m) as [[k [Hk Ek]]|Hno].
    - apply (IH k); auto; lia.
    - exists m; repeat split; auto. }
  destruct L as [d Hd]. exists d; split; auto. apply (least_period_divides f d p); auto.
Qed.

Lemma least_period_iter f q k p : (0 < k)%nat -> least_period f (q * k) p -> least_period (iter k f) q p.
Proof.
  intros Hk [H0 [E Hmin]]. split; [nia|]. rewrite iter_iter. split; auto.
  intros i Hi. rewrite iter_iter. apply Hmin. nia.
Qed.

(* ---- Powers of 2 and odd parts ---- *)

Lemma pow2_pos j : (0 < 2 ^ j)%nat.
Proof. induction j; simpl; lia. Qed.

Lemma odd_part m : (0 < m)%nat -> exists j q, m = (q * 2 ^ j)%nat /\ Nat.Odd q.
Proof.
  induction m as [m IH] using (well_founded_induction lt_wf). intro Hm.
  destruct (Nat.Even_or_Odd m) as [[k Hk]|Ho].
  - destruct (IH k ltac:(lia) ltac:(lia)) as (j & q & E & Ho).
    exists (S j), q; split; auto. rewrite Hk, E. simpl; lia.
  - exists 0%nat, m; split; auto. simpl; lia.
Qed.

Lemma odd_divide q n : Nat.Odd n -> Nat.divide q n -> Nat.Odd q.
Proof.
  intros [r Hr] [d Hd]. destruct (Nat.Even_or_Odd q) as [[e He]|]; auto. exfalso. subst q.
  assert (n = 2 * (d * e))%nat by (rewrite Hd; ring). lia.
Qed.

Lemma odd_divides_pow2 q n : Nat.Odd q -> Nat.divide q (2 ^ n) -> q = 1%nat.
Proof.
  intros [k ->]. assert (Hgcd : Nat.gcd (2 * k + 1) 2 = 1%nat).
  { rewrite Nat.gcd_comm, Nat.add_comm, Nat.mul_comm, Nat.gcd_add_mult_diag_r. reflexivity. }
  induction n as [|n IH]; intro H.
  - apply Nat.divide_1_r, H.
  - apply IH, (Nat.gauss _ 2); auto.
Qed.

Lemma pow2_or_not n : (0 < n)%nat -> (exists i, n = (2 ^ i)%nat) \/ forall i, n <> (2 ^ i)%nat.
Proof.
  intro Hn. destruct (odd_part n Hn) as (j & q & E & Ho). destruct (Nat.eq_dec q 1) as [->|Hq].
  - left. exists j. lia.
  - right. intros i Ei. apply Hq, (odd_divides_pow2 q i Ho). exists (2 ^ j)%nat. lia.
Qed.

(* An odd period q > 1 of f^(2^j) comes from a least period of f that is not a power of 2 ... *)
Lemma not_pow2 f j q p : Nat.Odd q -> (1 < q)%nat -> least_period (iter (2 ^ j) f) q p ->
  exists m, least_period f m p /\ forall i, m <> (2 ^ i)%nat.
Proof.
  intros Ho Hq [_ [Eq Hmin]]. rewrite iter_iter in Eq. pose proof (pow2_pos j) as Hj.
  destruct (least_period_exists f (q * 2 ^ j) p ltac:(nia) Eq) as [m [Lm Dm]].
  exists m; split; auto. intros i ->. destruct (Nat.le_gt_cases i j) as [Hij|Hij].
  - (* then the first iterate of f^(2^j) is already back at p *)
    apply (Hmin 1%nat ltac:(lia)). simpl iter.
    replace (2 ^ j)%nat with (2 ^ (j - i) * 2 ^ i)%nat by (rewrite <- Nat.pow_add_r; f_equal; lia).
    apply periodic_mult, Lm.
  - (* then 2^(j+1) divides q 2^j, and q is even *)
    destruct Ho as [r Hr]. destruct Dm as [d Dm].
    replace (2 ^ i)%nat with (2 * 2 ^ (i - S j) * 2 ^ j)%nat in Dm
      by (rewrite <- Nat.pow_succ_r', <- Nat.pow_add_r; f_equal; lia).
    assert (q = d * (2 * 2 ^ (i - S j)))%nat by nia. nia.
Qed.

(* ... and each such period arises in this way. *)
Lemma odd_period_of_iterate f m p : least_period f m p -> (forall i, m <> (2 ^ i)%nat) ->
  exists j q, Nat.Odd q /\ (1 < q)%nat /\ least_period (iter (2 ^ j) f) q p.
Proof.
  intros L Hm. destruct (odd_part m (proj1 L)) as (j & q & E & Ho).
  exists j, q. split; [auto|]. split.
  - destruct Ho as [r Hr]. destruct r as [|r]; [|lia]. exfalso. apply (Hm j). rewrite E, Hr. lia.
  - apply least_period_iter; [apply pow2_pos|]. rewrite <- E. exact L.
Qed.
