(* Rational numbers that compute: their real values, comparisons that are cheap when denominators are powers
   of two, and rounding. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals Bool.
Local Open Scope R_scope.

(* The real number p/q, written so that [real (3 # 1)] is the literal 3 and [real (1 # 2)] is 1 / 2. *)
Definition real (q : Q) : R :=
  match q with
  | n # 1 => IZR n
  | n # d => IZR n / IZR (Zpos d)
  end.

Lemma real_Q2R q : real q = Q2R q.
Proof.
  destruct q as [n [d|d|]]; try reflexivity.
  unfold Q2R; simpl. lra.
Qed.

Lemma pos_R d : 0 < IZR (Zpos d).
Proof. apply IZR_lt; reflexivity. Qed.
#[export] Hint Resolve pos_R : core.

Lemma Q2R_make n d : Q2R (n # d) = IZR n / IZR (Zpos d).
Proof. reflexivity. Qed.

(* ---- comparisons ---- *)

(* In a product of binary numbers the ones of the first factor are the cost: the denominator comes first. *)
Definition leq (a b : Q) : bool := (Zpos (Qden b) * Qnum a <=? Zpos (Qden a) * Qnum b)%Z.
Definition less (a b : Q) : bool := negb (leq b a).
Definition same (a b : Q) : bool := (Zpos (Qden b) * Qnum a =? Zpos (Qden a) * Qnum b)%Z.

Lemma reflect_true (P : Prop) b : reflect P b -> b = true -> P.
Proof. intros [H|_]; [auto|discriminate]. Qed.

Lemma leq_Qle a b : leq a b = true <-> (a <= b)%Q.
Proof.
  unfold leq, Qle. rewrite Z.leb_le, (Z.mul_comm (Qnum a)), (Z.mul_comm (Qnum b)). reflexivity.
Qed.

Lemma leqP a b : reflect (Q2R a <= Q2R b) (leq a b).
Proof.
  apply iff_reflect. rewrite leq_Qle. split; [apply Rle_Qle|apply Qle_Rle].
Qed.

Lemma lessP a b : reflect (Q2R a < Q2R b) (less a b).
Proof.
  apply iff_reflect. unfold less. destruct (leqP b a) as [H|H]; simpl; split; intro; auto; lra.
Qed.

Lemma sameP a b : reflect (Q2R a = Q2R b) (same a b).
Proof.
  apply iff_reflect. unfold same. rewrite Z.eqb_eq. split.
  - intro H. apply eqR_Qeq in H. unfold Qeq in H. lia.
  - intro H. apply Qeq_eqR. unfold Qeq. lia.
Qed.

Definition smaller (a b : Q) : Q := if leq a b then a else b.
Definition larger (a b : Q) : Q := if leq a b then b else a.

Lemma smaller_le a b : Q2R (smaller a b) <= Q2R a /\ Q2R (smaller a b) <= Q2R b.
Proof. unfold smaller; destruct (leqP a b); lra. Qed.

Lemma larger_ge a b : Q2R a <= Q2R (larger a b) /\ Q2R b <= Q2R (larger a b).
Proof. unfold larger; destruct (leqP a b); lra. Qed.

(* ---- rounding down to a multiple of 2^-bits, of numbers with a longer denominator ---- *)

Definition round (bits : positive) (q : Q) : Q * Z :=
  if (Pos.size (Qden q) <=? bits)%positive then (q, 0%Z)
  else ((2 ^ Zpos bits * Qnum q / Zpos (Qden q))%Z # (2 ^ bits), 1%Z).

Lemma round_error bits q :
  Rabs (Q2R q - Q2R (fst (round bits q))) <= Q2R (snd (round bits q) # (2 ^ bits)).
Proof.
  unfold round. destruct (Pos.size (Qden q) <=? bits)%positive; cbn [fst snd]; rewrite !Q2R_make.
  - unfold Rdiv. rewrite Rmult_0_l, Rminus_diag_eq, Rabs_R0; lra.
  - destruct q as [n d]; cbn [Qnum Qden]. rewrite Q2R_make.
    replace (2 ^ Z.pos bits)%Z with (Zpos (2 ^ bits)) by apply Pos2Z.inj_pow.
    set (P := (2 ^ bits)%positive).
    pose proof (Z.div_mod (Zpos P * n) (Zpos d) ltac:(lia)) as E.
    pose proof (Z.mod_pos_bound (Zpos P * n) (Zpos d) ltac:(lia)) as B.
    set (k := (Zpos P * n / Zpos d)%Z) in *. set (r := ((Zpos P * n) mod Zpos d)%Z) in *.
    pose proof (pos_R d) as Hd. pose proof (pos_R P) as HP.
    assert (ER : IZR n / IZR (Zpos d) - IZR k / IZR (Zpos P) = IZR r / IZR (Zpos d) / IZR (Zpos P)).
    { apply (f_equal IZR) in E. rewrite plus_IZR, !mult_IZR in E.
      replace (IZR r) with (IZR (Zpos P) * IZR n - IZR (Zpos d) * IZR k) by lra. field; lra. }
    rewrite ER. assert (0 <= IZR r <= IZR (Zpos d)) as Hr by (split; apply IZR_le; lia).
    assert (0 <= IZR r / IZR (Zpos d) <= 1) as Hq.
    { unfold Rdiv. split; [apply Rmult_le_pos; [lra|apply Rlt_le, Rinv_0_lt_compat; lra]|].
      apply (Rmult_le_reg_r (IZR (Zpos d))); [lra|]. rewrite Rmult_assoc, Rinv_l; lra. }
    assert (0 < / IZR (Zpos P)) by (apply Rinv_0_lt_compat; lra).
    unfold Rdiv at 1 3. rewrite Rabs_right; nra.
Qed.

Lemma round_exact bits q : (Pos.size (Qden q) <= bits)%positive -> round bits q = (q, 0%Z).
Proof. intro H. unfold round. apply Pos.leb_le in H. rewrite H. reflexivity. Qed.
