(* Piecewise-linear functions as a line and a list of changes: from the point p on the line (s, c) is added.
   Sums of such functions are merged lists. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Bends Evaluate Pieces Images.
Import ListNotations.
Local Open Scope R_scope.
Local Open Scope lazy_bool_scope.

(* ---- lines and changes, over a common denominator that stands elsewhere ---- *)

Notation zline := (Z * Z)%type.          (* x -> s x + c *)
Notation change := (Q * (Z * Z))%type.   (* such a line, from the point on *)

Definition zsem (l : zline) (x : R) : R := IZR (fst l) * x + IZR (snd l).
Definition zadd (k l : zline) : zline := (fst k + fst l, snd k + snd l)%Z.
Definition zsub (k l : zline) : zline := (fst k - fst l, snd k - snd l)%Z.
Definition zscale (a : Z) (l : zline) : zline := (a * fst l, a * snd l)%Z.
Definition is_zero (l : zline) : bool := (fst l =? 0)%Z && (snd l =? 0)%Z.

Lemma zsem_add k l x : zsem (zadd k l) x = zsem k x + zsem l x.
Proof. unfold zsem, zadd; cbn [fst snd]. rewrite !plus_IZR. ring. Qed.
Lemma zsem_sub k l x : zsem (zsub k l) x = zsem k x - zsem l x.
Proof. unfold zsem, zsub; cbn [fst snd]. rewrite !minus_IZR. ring. Qed.
Lemma zsem_scale a l x : zsem (zscale a l) x = IZR a * zsem l x.
Proof. unfold zsem, zscale; cbn [fst snd]. rewrite !mult_IZR. ring. Qed.
Lemma is_zero_sem l x : is_zero l = true -> zsem l x = 0.
Proof.
  unfold is_zero, zsem. rewrite andb_true_iff, !Z.eqb_eq. intros [-> ->]. lra.
Qed.

Definition from (p : Q) (x y : R) : R := if Rlt_dec x (Q2R p) then 0 else y.

Fixpoint total (ks : list change) (x : R) : R :=
  match ks with [] => 0 | (p, l) :: rest => from p x (zsem l x) + total rest x end.

Record form := Form { base : zline; changes : list change }.
Definition form_sem (F : form) (x : R) : R := zsem (base F) x + total (changes F) x.

(* the points increase (weakly), from a on *)
Fixpoint ascending {A} (a : option Q) (ks : list (Q * A)) : Prop :=
  match ks with [] => True | (p, _) :: rest => right_of a (Q2R p) /\ ascending (Some p) rest end.

Lemma ascending_weaken {A} (ks : list (Q * A)) a b :
  (forall x, right_of b x -> right_of a x) -> ascending b ks -> ascending a ks.
Proof. destruct ks as [|[p l] ks]; simpl; auto. intros H [H1 H2]; auto. Qed.

Lemma ascending_from {A} (ks : list (Q * A)) a p : right_of a (Q2R p) -> ascending (Some p) ks ->
  ascending a ks.
Proof.
  intro H. apply ascending_weaken. intro x. destruct a; simpl in *; [lra|auto].
Qed.

Lemma total_before ks x : forall p, ascending (Some p) ks -> x < Q2R p -> total ks x = 0.
Proof.
  induction ks as [|[q l] ks IH]; intros p H Hx; cbn [total]; auto. destruct H as [H1 H2]. simpl in H1.
  unfold from. destruct (Rlt_dec x (Q2R q)); [|lra]. rewrite (IH q) by (auto; lra). ring.
Qed.

(* ---- merging changes, and adding those at one point ---- *)

(* points that are shared are identical, and then nothing is multiplied *)
Definition point_order (p q : Q) : comparison :=
  if (Qnum p =? Qnum q)%Z &&& (Qden p =? Qden q)%positive then Eq
  else (Zpos (Qden q) * Qnum p ?= Zpos (Qden p) * Qnum q)%Z.

Lemma point_order_spec p q : CompareSpec (Q2R p = Q2R q) (Q2R p < Q2R q) (Q2R q < Q2R p) (point_order p q).
Proof.
  unfold point_order. rewrite <- andb_lazy_alt.
  destruct ((Qnum p =? Qnum q)%Z && (Qden p =? Qden q)%positive) eqn:E.
  - apply andb_true_iff in E as [E1 E2]. apply Z.eqb_eq in E1. apply Pos.eqb_eq in E2. constructor.
    destruct p, q; simpl in *; congruence.
  - clear E.
    destruct (Z.compare_spec (Zpos (Qden q) * Qnum p) (Zpos (Qden p) * Qnum q)) as [H|H|H]; constructor.
    + apply Qeq_eqR. unfold Qeq. lia.
    + apply Qlt_Rlt. unfold Qlt. lia.
    + apply Qlt_Rlt. unfold Qlt. lia.
Qed.

Definition put (p : Q) (l : zline) (ks : list change) : list change := if is_zero l then ks else (p, l) :: ks.

Fixpoint merge (ks : list change) : list change -> list change :=
  match ks with
  | [] => fun js => js
  | (p, k) :: ks' =>
      fix merge_ks (js : list change) : list change :=
        match js with
        | [] => ks
        | (q, j) :: js' =>
            match point_order p q with
            | Eq => put p (zadd k j) (merge ks' js')
            | Lt => (p, k) :: merge ks' js
            | Gt => (q, j) :: merge_ks js'
            end
        end
  end.

Lemma merge_cons p k ks q j js : merge ((p, k) :: ks) ((q, j) :: js) =
  match point_order p q with
  | Eq => put p (zadd k j) (merge ks js)
  | Lt => (p, k) :: merge ks ((q, j) :: js)
  | Gt => (q, j) :: merge ((p, k) :: ks) js
  end.
Proof. reflexivity. Qed.

Lemma put_total p l ks x : total (put p l ks) x = from p x (zsem l x) + total ks x.
Proof.
  unfold put. destruct (is_zero l) eqn:E; [|reflexivity].
  unfold from. rewrite (is_zero_sem l x E). destruct (Rlt_dec x (Q2R p)); ring.
Qed.

Lemma merge_total x ks : forall js, total (merge ks js) x = total ks x + total js x.
Proof.
  induction ks as [|[p k] ks IH]; [intro js; cbn [merge total]; ring|].
  induction js as [|[q j] js IHj]; [cbn [merge total]; ring|]. rewrite merge_cons.
  destruct (point_order_spec p q) as [E|_|_].
  - rewrite put_total, IH. cbn [total]. unfold from. rewrite <- E, zsem_add.
    destruct (Rlt_dec x (Q2R p)); ring.
  - cbn [total]. rewrite IH. cbn [total]. ring.
  - cbn [total] in *. rewrite IHj. ring.
Qed.

Lemma merge_ascending ks : forall a js, ascending a ks -> ascending a js -> ascending a (merge ks js).
Proof.
  induction ks as [|[p k] ks IH]; [auto|]. intros a js [Hp Hks]. revert a Hp.
  induction js as [|[q j] js IHj]; [simpl; auto|]. intros a Hp [Hq Hjs]. rewrite merge_cons.
  destruct (point_order_spec p q) as [E|L|L].
  - assert (H : ascending (Some p) (merge ks js)).
    { apply IH; auto. apply (ascending_from js (Some p) q); auto. simpl; lra. }
    unfold put. destruct (is_zero (zadd k j)); [apply (ascending_from _ a p); auto|split; auto].
  - split; auto. apply IH; auto. split; auto. simpl; lra.
  - split; auto. apply IHj; auto. simpl; lra.
Qed.

(* all at once, in pairs *)
Fixpoint merge_pairs (ls : list (list change)) : list (list change) :=
  match ls with ks :: js :: rest => merge ks js :: merge_pairs rest | _ => ls end.

Fixpoint merge_all (fuel : nat) (ls : list (list change)) : list change :=
  match ls, fuel with
  | [], _ => []
  | [ks], _ => ks
  | _, O => fold_right merge [] ls
  | _, S fuel => merge_all fuel (merge_pairs ls)
  end.

Definition totals (ls : list (list change)) (x : R) : R := fold_right (fun ks y => total ks x + y) 0 ls.

Lemma list_pairs {A} (P : list A -> Prop) : P [] -> (forall a, P [a]) ->
  (forall a b l, P l -> P (a :: b :: l)) ->
  forall l, P l.
Proof.
  intros H0 H1 H2. fix rec 1. intros [|a [|b l]]; [exact H0|apply H1|apply H2, rec].
Qed.

Lemma merge_all_total x fuel : forall ls, total (merge_all fuel ls) x = totals ls x.
Proof.
  assert (F : forall ls, total (fold_right merge [] ls) x = totals ls x).
  { induction ls as [|ks ls IH]; cbn [fold_right totals]; [reflexivity|].
    rewrite merge_total, IH. reflexivity. }
  assert (P : forall ls, totals (merge_pairs ls) x = totals ls x).
  { apply list_pairs; auto. intros ks js ls E. cbn [merge_pairs totals fold_right] in *.
    fold (totals (merge_pairs ls) x). fold (totals ls x). rewrite E, merge_total. ring. }
  induction fuel as [|fuel IH]; intros [|ks [|js ls]]; cbn [merge_all];
    try (cbn [totals fold_right total]; ring); auto.
  rewrite IH. apply P.
Qed.

(* what merging two lists keeps, merging all keeps *)
Lemma merge_all_keeps (P : list change -> Prop) fuel : P [] ->
  (forall ks js, P ks -> P js -> P (merge ks js)) ->
  forall ls, Forall P ls -> P (merge_all fuel ls).
Proof.
  intros H0 H. assert (Pairs : forall ls, Forall P ls -> Forall P (merge_pairs ls)).
  { apply (list_pairs (fun ls => Forall P ls -> Forall P (merge_pairs ls))); auto.
    intros ks js ls IH Hls. inversion_clear Hls as [|? ? Hk Hls']. inversion_clear Hls'.
    cbn [merge_pairs]. auto. }
  assert (Fold : forall ls, Forall P ls -> P (fold_right merge [] ls)).
  { intros ls Hls. induction Hls as [|ks ls' Hk _ IH]; cbn [fold_right]; auto. }
  induction fuel as [|fuel IH]; intros [|ks [|js ls]] Hls; cbn [merge_all]; auto; inversion_clear Hls; auto.
Qed.

(* ---- sums of units ---- *)

Fixpoint scaled (w : list Z) (Fs : list form) : list (list change) :=
  match w, Fs with
  | a :: w', F :: Fs' =>
      (if (a =? 0)%Z then [] else map (fun k => (fst k, zscale a (snd k))) (changes F)) :: scaled w' Fs'
  | _, _ => []
  end.

Definition combination (D : positive) (Fs : list form) (row : list Z * Z) : form :=
  Form (dot (fst row) (map (fun F => fst (base F)) Fs),
        (dot (fst row) (map (fun F => snd (base F)) Fs) + Zpos D * snd row)%Z)
       (merge_all (length Fs) (scaled (fst row) Fs)).

(* the values at x of all units *)
Definition values (D : positive) (Fs : list form) (x : R) : list R :=
  map (fun F => form_sem F x / IZR (Zpos D)) Fs.

Lemma scaled_total a ks x : total (map (fun k => (fst k, zscale a (snd k))) ks) x = IZR a * total ks x.
Proof.
  induction ks as [|[p l] ks IH]; simpl; [ring|]. rewrite IH. unfold from. rewrite zsem_scale.
  destruct (Rlt_dec x (Q2R p)); ring.
Qed.

Lemma combination_correct D d Fs row x :
  form_sem (combination D Fs row) x / IZR (Zpos (d * D)) = linear_R d (values D Fs x) row.
Proof.
  unfold linear_R, form_sem, combination. cbn [base changes].
  rewrite merge_all_total. unfold zsem. cbn [fst snd].
  rewrite plus_IZR, mult_IZR, mult_pos_R. pose proof (pos_R D). pose proof (pos_R d).
  assert (E : IZR (dot (fst row) (map (fun F => fst (base F)) Fs)) * x +
    IZR (dot (fst row) (map (fun F => snd (base F)) Fs)) + totals (scaled (fst row) Fs) x =
    IZR (Zpos D) * dot_R (fst row) (values D Fs x)).
  { destruct row as [w b]. cbn [fst]. clear b. revert Fs.
    induction w as [|a w IH]; intros [|F Fs]; cbn [dot map scaled totals fold_right dot_R values]; try ring.
    fold (values D Fs x) (totals (scaled w Fs) x). rewrite !plus_IZR, !mult_IZR.
    assert (ES : total (if (a =? 0)%Z then [] else map (fun k => (fst k, zscale a (snd k))) (changes F)) x =
                 IZR a * total (changes F) x).
    { destruct (Z.eqb_spec a 0) as [->|_]; [simpl; ring|apply scaled_total]. }
    rewrite ES. specialize (IH Fs). unfold form_sem, zsem.
    transitivity (IZR a * (IZR (fst (base F)) * x + IZR (snd (base F)) + total (changes F) x) +
      IZR (Zpos D) * dot_R w (values D Fs x)); [rewrite <- IH; ring|field; lra]. }
  set (u := dot_R (fst row) (values D Fs x)) in *.
  replace (IZR (dot (fst row) (map (fun F => fst (base F)) Fs)) * x +
    (IZR (dot (fst row) (map (fun F => snd (base F)) Fs)) + IZR (Zpos D) * IZR (snd row)) +
    totals (scaled (fst row) Fs) x) with (IZR (Zpos D) * u + IZR (Zpos D) * IZR (snd row)) by lra.
  field; lra.
Qed.

Definition well_formed (F : form) : Prop := ascending None (changes F).

Lemma scaled_keeps (P : list change -> Prop) w : P [] ->
  (forall a ks, P ks -> P (map (fun k => (fst k, zscale a (snd k))) ks)) ->
  forall Fs, Forall (fun F => P (changes F)) Fs -> Forall P (scaled w Fs).
Proof.
  intros H0 H. induction w as [|a w IH]; intros [|F Fs] HF; cbn [scaled]; auto.
  inversion_clear HF. destruct (a =? 0)%Z; auto.
Qed.

Lemma scale_ascending a ks : forall b, ascending b ks ->
  ascending b (map (fun k => (fst k, zscale a (snd k))) ks).
Proof. induction ks as [|[p l] ks IH]; intros b H; simpl in *; auto. destruct H; auto. Qed.

Lemma combination_well_formed D Fs row : Forall well_formed Fs -> well_formed (combination D Fs row).
Proof.
  intro H. apply (merge_all_keeps (ascending None)); [exact I|intros; apply merge_ascending; auto|].
  apply (scaled_keeps (ascending None)); [exact I|intros; apply scale_ascending; auto|exact H].
Qed.

(* ---- from changes to lines and back ---- *)

Fixpoint walk (l : zline) (ks : list change) (x : R) : R :=
  match ks with
  | [] => zsem l x
  | (p, l') :: rest => if Rlt_dec x (Q2R p) then zsem l x else walk l' rest x
  end.

Fixpoint prefix (l : zline) (ks : list change) : list change :=
  match ks with [] => [] | (p, d) :: rest => let l' := zadd l d in (p, l') :: prefix l' rest end.

Fixpoint differences (l : zline) (ks : list change) : list change :=
  match ks with
  | [] => []
  | (p, l') :: rest =>
      let d := zsub l' l in if is_zero d then differences l' rest else (p, d) :: differences l' rest
  end.

Lemma walk_prefix ks x : forall a l, ascending a ks -> walk l (prefix l ks) x = zsem l x + total ks x.
Proof.
  induction ks as [|[p d] ks IH]; intros a l H; cbn [prefix walk total]; [ring|]. destruct H as [_ H].
  rewrite (IH (Some p)), zsem_add by auto. unfold from. destruct (Rlt_dec x (Q2R p)) as [h|h]; [|ring].
  rewrite (total_before ks x p H h). ring.
Qed.

Lemma prefix_ascending ks : forall a l, ascending a ks -> ascending a (prefix l ks).
Proof. induction ks as [|[p d] ks IH]; intros a l H; simpl in *; auto. destruct H; auto. Qed.

Lemma differences_ascending ks : forall a l, ascending a ks -> ascending a (differences l ks).
Proof.
  induction ks as [|[p l'] ks IH]; intros a l H; cbn [differences]; auto. destruct H as [Ha H].
  destruct (is_zero (zsub l' l)); [apply IH, (ascending_from _ a p); auto|simpl; auto].
Qed.

Lemma total_differences ks x : forall a l, ascending a ks ->
  zsem l x + total (differences l ks) x = walk l ks x.
Proof.
  induction ks as [|[p l'] ks IH]; intros a l H; cbn [differences walk]; [simpl; ring|].
  destruct H as [_ H]. specialize (IH (Some p) l' H).
  pose proof (fun h => total_before _ x p (differences_ascending ks (Some p) l' H) h) as B.
  destruct (is_zero (zsub l' l)) eqn:Z0.
  - apply (is_zero_sem _ x) in Z0. rewrite zsem_sub in Z0.
    destruct (Rlt_dec x (Q2R p)) as [h|h]; [rewrite (B h)|]; lra.
  - cbn [total]. rewrite zsem_sub. unfold from. destruct (Rlt_dec x (Q2R p)) as [h|h]; [rewrite (B h)|]; lra.
Qed.
