(* Orbits of germs in a search tree: the lines that they meet, and the paths to them.

   An orbit that has met a flat line stays there, as nothing that comes after matters. Long orbits have long
   numbers; a germ is therefore followed in fixed-point arithmetic, with a bound for the error, as long as
   that decides on which side of each knot it is, and exactly where it does not. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces Germs GermIntervals GermCount RegionTree.
Import ListNotations.
Local Open Scope R_scope.

Record visit := Visit { facing : side; turns : list turn; on : line }.

Fixpoint orbit (t : pieces) (n : nat) (g : germ) : list visit :=
  match n with
  | O => []
  | S n =>
      let (path, l) := locate t g in
      let v := Visit (snd g) path l in
      v :: if (slope l =? 0)%Z then repeat v n else orbit t n (push_on l g)
  end.

Lemma orbit_S t n g : orbit t (S n) g =
  let v := Visit (snd g) (path t g) (germ_line t g) in
  v :: if (slope (germ_line t g) =? 0)%Z then repeat v n else orbit t n (push (germ_line t) g).
Proof. unfold push, germ_line, path. cbn [orbit]. destruct (locate t g) as [p l]. reflexivity. Qed.

(* ---- Fixed point ---- *)

(* a / d, by a shift where d is a power of 2 *)
Definition quotient (a : Z) (d : positive) : Z :=
  let k := Z.log2 (Zpos d) in if (Zpos d =? Z.shiftl 1 k)%Z then Z.shiftr a k else (a / Zpos d)%Z.

(* z stands for z / 2^bits *)
Definition fixed (bits : Z) (n : Z) (d : positive) : Z := quotient (Z.shiftl n bits) d.

(* the tree with its knots in fixed point next to the exact ones *)
Inductive grid :=
  | Cell (l : line)
  | Cut (L : grid) (k : Z) (p : Q) (R : grid).

Fixpoint grid_of (bits : Z) (t : pieces) : grid :=
  match t with
  | One l => Cell l
  | Split L p _ _ R => Cut (grid_of bits L) (fixed bits (Qnum p) (Qden p)) p (grid_of bits R)
  end.

(* a place of a germ, or z in fixed point with its distance from the place at most e *)
Inductive spot := Exact (y : option Q) | Near (z e : Z).

Definition rounded (bits : Z) (y : option Q) : spot :=
  match y with
  | Some q => if (Zpos (Pos.size (Qden q)) <=? bits)%Z then Exact y else Near (fixed bits (Qnum q) (Qden q)) 1
  | None => Exact None
  end.

Definition move (bits : Z) (l : line) (x : spot) : spot :=
  match x with
  | Exact y => rounded bits (option_map (line_at l) y)
  | Near z e =>
      Near (quotient (slope l * z + Z.shiftl (const l) bits) (scale l))
        (quotient (Z.abs (slope l) * e) (scale l) + 2)
  end.

(* Is the knot p, k in fixed point, to the right of the germ? *)
Definition knot_right (x : spot) (d : side) (k : Z) (p : Q) : option bool :=
  match x with
  | Exact y => Some (right_of_germ (y, d) p)
  | Near z e => if (z + e <? k)%Z then Some true else if (k <? z - e)%Z then Some false else None
  end.

Fixpoint find (G : grid) (x : spot) (d : side) : option (list turn * line) :=
  match G with
  | Cell l => Some ([], l)
  | Cut L k p R =>
      let after w r := match r with Some (path, l) => Some (w :: path, l) | None => None end in
      match knot_right x d k p with
      | Some true => after GoLeft (find L x d)
      | Some false => after GoRight (find R x d)
      | None => None
      end
  end.

Fixpoint rounded_orbit (bits : Z) (G : grid) (n : nat) (x : spot) (d : side) : option (list visit) :=
  match n with
  | O => Some []
  | S n =>
      match find G x d with
      | Some (path, l) =>
          let v := Visit d path l in
          if (slope l =? 0)%Z then Some (v :: repeat v n)
          else match rounded_orbit bits G n (move bits l x) (turned (slope l) d) with
               | Some visits => Some (v :: visits)
               | None => None
               end
      | None => None
      end
  end.

(* with the first precision that decides everything *)
Fixpoint quick_orbit (grids : list (Z * grid)) (t : pieces) (n : nat) (g : germ) : list visit :=
  match grids with
  | [] => orbit t n g
  | (bits, G) :: grids =>
      match rounded_orbit bits G n (rounded bits (fst g)) (snd g) with
      | Some visits => visits
      | None => quick_orbit grids t n g
      end
  end.

Definition grids (t : pieces) (precisions : list Z) : list (Z * grid) :=
  map (fun bits => (bits, grid_of bits t)) precisions.

(* ---- Correctness ---- *)

Lemma floor_bounds a b : (0 < b)%Z -> IZR (a / b) <= IZR a / IZR b < IZR (a / b) + 1.
Proof.
  intro Hb. pose proof (Z.div_mod a b ltac:(lia)) as E. pose proof (Z.mod_pos_bound a b Hb) as M.
  set (q := (a / b)%Z) in *. set (r := (a mod b)%Z) in *. apply IZR_lt in Hb.
  replace (IZR a / IZR b) with (IZR q + IZR r / IZR b) by (rewrite E, plus_IZR, mult_IZR; field; lra).
  assert (0 <= IZR r < IZR b) as [H0 H1] by (split; [apply IZR_le|apply IZR_lt]; lia).
  split.
  - assert (0 <= IZR r / IZR b); [|lra]. apply Rmult_le_pos; [exact H0|]. apply Rlt_le, Rinv_0_lt_compat, Hb.
  - assert (IZR r / IZR b < 1); [|lra]. apply (Rmult_lt_reg_r (IZR b)); [exact Hb|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma quotient_bounds a d : IZR (quotient a d) <= IZR a / IZR (Zpos d) < IZR (quotient a d) + 1.
Proof.
  replace (quotient a d) with (a / Zpos d)%Z; [apply floor_bounds; lia|].
  unfold quotient. destruct (Z.eqb_spec (Zpos d) (Z.shiftl 1 (Z.log2 (Zpos d)))) as [E|_]; [|reflexivity].
  rewrite Z.shiftr_div_pow2 by apply Z.log2_nonneg. rewrite E at 1.
  rewrite Z.shiftl_mul_pow2, Z.mul_1_l by apply Z.log2_nonneg. reflexivity.
Qed.

Section Precision.
Variables (bits : Z) (t : pieces).
Hypothesis Hbits : (0 <= bits)%Z.
Let unit : R := IZR (2 ^ bits).

Lemma unit_pos : 0 < unit.
Proof. apply IZR_lt. apply Z.pow_pos_nonneg; lia. Qed.

Lemma fixed_bounds n d : IZR (fixed bits n d) <= IZR n / IZR (Zpos d) * unit < IZR (fixed bits n d) + 1.
Proof.
  unfold fixed, unit. rewrite Z.shiftl_mul_pow2 by exact Hbits.
  replace (IZR n / IZR (Zpos d) * IZR (2 ^ bits)) with (IZR (n * 2 ^ bits) / IZR (Zpos d))
    by (rewrite mult_IZR; unfold Rdiv; ring).
  apply quotient_bounds.
Qed.

Definition holds (x : spot) (y : option Q) : Prop :=
  match x with
  | Exact y' => y = y'
  | Near z e => exists q, y = Some q /\ IZR z - IZR e <= Q2R q * unit <= IZR z + IZR e
  end.

Lemma rounded_holds y : holds (rounded bits y) y.
Proof.
  destruct y as [q|]; [|reflexivity]. unfold rounded.
  destruct (Zpos (Pos.size (Qden q)) <=? bits)%Z; [reflexivity|]. exists q. split; [reflexivity|].
  pose proof (fixed_bounds (Qnum q) (Qden q)). destruct q as [n d]. rewrite Q2R_make. simpl in *. lra.
Qed.

Lemma move_holds l x y : holds x y -> holds (move bits l x) (option_map (line_at l) y).
Proof.
  destruct x as [y'|z e]; [intro H; simpl in H; subst y'; apply rounded_holds|].
  intros (q & -> & Hq). exists (line_at l q). split; [reflexivity|].
  rewrite <- line_at_correct. unfold line_sem.
  pose proof (quotient_bounds (slope l * z + Z.shiftl (const l) bits) (scale l)) as Hz.
  pose proof (quotient_bounds (Z.abs (slope l) * e) (scale l)) as He.
  set (z' := quotient (slope l * z + Z.shiftl (const l) bits) (scale l)) in *.
  set (e' := quotient (Z.abs (slope l) * e) (scale l)) in *.
  rewrite plus_IZR, mult_IZR, Z.shiftl_mul_pow2, mult_IZR in Hz by exact Hbits. fold unit in Hz.
  rewrite mult_IZR, abs_IZR in He. rewrite plus_IZR.
  set (s := IZR (slope l)) in *. set (c := IZR (const l)) in *. set (X := Q2R q * unit) in *.
  pose proof (Rinv_0_lt_compat _ (pos_R (scale l))) as Hd. unfold Rdiv in *.
  set (d := / IZR (Zpos (scale l))) in *.
  replace ((s * Q2R q + c) * d * unit) with ((s * IZR z + c * unit) * d + s * (X - IZR z) * d)
    by (unfold X; ring).
  assert (D : Rabs (s * (X - IZR z) * d) <= Rabs s * IZR e * d).
  { rewrite !Rabs_mult, (Rabs_right d) by lra. apply Rmult_le_compat_r; [lra|].
    apply Rmult_le_compat_l; [apply Rabs_pos|]. apply Rabs_le; lra. }
  pose proof (Rle_abs (s * (X - IZR z) * d)) as D1. pose proof (Rle_abs (- (s * (X - IZR z) * d))) as D2.
  rewrite Rabs_Ropp in D2. lra.
Qed.

Lemma knot_right_correct x y d p b : holds x y ->
  knot_right x d (fixed bits (Qnum p) (Qden p)) p = Some b -> right_of_germ (y, d) p = b.
Proof.
  intros Hx Hb. destruct x as [y'|z e]; cbn [holds knot_right] in Hx, Hb; [congruence|].
  destruct Hx as (q & -> & Hq).
  pose proof (fixed_bounds (Qnum p) (Qden p)) as Hk.
  replace (IZR (Qnum p) / IZR (Zpos (Qden p))) with (Q2R p) in Hk by (destruct p; reflexivity).
  set (k := fixed bits (Qnum p) (Qden p)) in *. pose proof unit_pos as Hu.
  destruct (Z.ltb_spec (z + e) k) as [C|_]; [|destruct (Z.ltb_spec k (z - e)) as [C|_]; [|discriminate]];
    injection Hb as <-.
  - apply IZR_lt in C. rewrite plus_IZR in C. assert (Q2R q < Q2R p) by (apply (Rmult_lt_reg_r unit); lra).
    destruct d; simpl; [destruct (leqP q p)|destruct (lessP q p)]; auto; lra.
  - apply Zlt_le_succ, IZR_le in C. rewrite succ_IZR, minus_IZR in C.
    assert (Q2R p < Q2R q) by (apply (Rmult_lt_reg_r unit); lra).
    destruct d; simpl; [destruct (leqP q p)|destruct (lessP q p)]; auto; lra.
Qed.

Lemma find_correct x y d : holds x y -> forall u r, find (grid_of bits u) x d = Some r -> locate u (y, d) = r.
Proof.
  intro Hx. induction u as [l|L IHL p v ran R IHR]; intros r H; cbn [grid_of find locate] in *; [congruence|].
  destruct (knot_right x d (fixed bits (Qnum p) (Qden p)) p) as [b|] eqn:K; [|discriminate].
  rewrite (knot_right_correct x y d p b Hx K). destruct b.
  - destruct (find (grid_of bits L) x d) as [[path l]|]; [|discriminate].
    rewrite (IHL _ eq_refl). injection H as <-. reflexivity.
  - destruct (find (grid_of bits R) x d) as [[path l]|]; [|discriminate].
    rewrite (IHR _ eq_refl). injection H as <-. reflexivity.
Qed.

Lemma rounded_orbit_correct n : forall x y d visits, holds x y ->
  rounded_orbit bits (grid_of bits t) n x d = Some visits -> orbit t n (y, d) = visits.
Proof.
  induction n as [|n IH]; intros x y d visits Hx H; cbn [rounded_orbit orbit] in *; [congruence|].
  destruct (find (grid_of bits t) x d) as [[path l]|] eqn:F; [|discriminate].
  rewrite (find_correct x y d Hx t _ F). cbn [snd]. destruct (slope l =? 0)%Z; [congruence|].
  destruct (rounded_orbit bits _ n (move bits l x) (turned (slope l) d)) as [rest|] eqn:E; [|discriminate].
  injection H as <-. f_equal.
  apply (IH (move bits l x) (option_map (line_at l) y) (turned (slope l) d) rest); [|exact E].
  apply move_holds, Hx.
Qed.
End Precision.

Theorem quick_orbit_correct t precisions n g : Forall (fun bits => (0 <= bits)%Z) precisions ->
  quick_orbit (grids t precisions) t n g = orbit t n g.
Proof.
  induction 1 as [|bits precisions Hbits _ IH]; [reflexivity|]. cbn [grids map quick_orbit].
  destruct (rounded_orbit bits (grid_of bits t) n (rounded bits (fst g)) (snd g)) as [v|] eqn:E; [|exact IH].
  symmetry. destruct g as [y d].
  apply (rounded_orbit_correct bits t Hbits n (rounded bits y) y d v); [|exact E].
  apply rounded_holds, Hbits.
Qed.
